"""Changes to people and teams: what is refused, and what goes along."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError

from rhythm.people import services
from rhythm.people.models import Invitation, Membership, Team, User
from rhythm.people.tokens import fingerprint
from rhythm.web.versions import Conflict
from tests.factories.people import TeamFactory, UserFactory

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def edit(person: User, **values: Any) -> User:
    team = values.pop("team", present_team(person))
    version = values.pop("version", person.version)
    return services.edit_person(
        person, values, team=team, today=TODAY, shown_version=version
    )


def present_team(person: User) -> Team | None:
    found = Membership.objects.present().filter(user=person).first()
    return found.team if found else None


def edit_team(team: Team, **values: Any) -> Team:
    shown = {"name": team.name, "parent": team.parent, "manager": team.manager}
    return services.edit_team(
        team, **shown | values, today=TODAY, shown_version=team.version
    )


def test_the_last_admin_stays_one(ada):
    for values in ({"is_admin": False}, {"email": ""}):
        with pytest.raises(ValidationError, match="only admin"):
            edit(ada, **values)
    with pytest.raises(ValidationError, match="only admin"):
        services.deactivate(ada, by=UserFactory(is_admin=False), now=NOW)


def test_an_admin_may_go_when_there_is_another(ada):
    other = UserFactory(is_admin=True)

    assert not edit(other, is_admin=False).is_admin


def test_a_deactivated_admin_does_not_count(ada):
    UserFactory(is_admin=True, is_active=False)

    with pytest.raises(ValidationError, match="only admin"):
        edit(ada, is_admin=False)


def test_nobody_deactivates_oneself(ada):
    UserFactory(is_admin=True)

    with pytest.raises(ValidationError, match="yourself"):
        services.deactivate(ada, by=ada, now=NOW)


def test_a_stale_edit_is_refused(rita):
    edit(rita, name="Rita R.")

    with pytest.raises(Conflict):
        edit(rita, name="R. Reyes", version=1)


def test_an_email_is_used_once_whatever_its_case(rita, otto):
    with pytest.raises(ValidationError, match="already has this e-mail"):
        edit(otto, email="RITA@example.com")


def test_a_new_email_is_where_one_signs_in(rita):
    edit(rita, email="rita.reyes@example.com")

    (address,) = EmailAddress.objects.filter(user=rita)
    assert (address.email, address.verified) == ("rita.reyes@example.com", True)


def test_links_in_the_old_mailbox_stop_working(rita, ada):
    services.invite(rita, by=ada, now=NOW)
    edit(rita, email="rita.reyes@example.com")

    assert not Invitation.objects.usable(NOW).exists()


def test_a_move_keeps_where_one_was_before(rita, central, west):
    edit(rita, team=west)

    assert present_team(rita) == west
    before = Membership.objects.on(TODAY - timedelta(days=1)).get(user=rita)
    assert before.team == central


def test_two_moves_on_a_day_leave_one(rita, central, west, sales):
    edit(rita, team=west)
    rita.refresh_from_db()
    edit(rita, team=sales)

    assert present_team(rita) == sales
    assert Membership.objects.filter(user=rita).count() == 2


def test_the_new_manager_sees_the_moved_and_the_old_one_does_not(
    rita, lena, omar, west
):
    edit(rita, team=west)

    assert omar.leads(rita)
    assert not lena.leads(rita)


def test_a_manager_becomes_a_member_of_the_team_above(rita, central, west, sales):
    edit_team(west, manager=rita)

    assert present_team(rita) == sales


def test_a_manager_goes_along_when_the_team_moves(west, omar, central):
    edit_team(west, parent=central)

    assert present_team(omar) == central


def test_a_manager_of_the_top_is_not_below_oneself(sales, lena):
    edit_team(sales, manager=lena)

    assert present_team(lena) is None


def test_a_team_is_never_below_itself(sales, central):
    for below in (sales, central):
        with pytest.raises(ValidationError, match="circle") as refused:
            edit_team(sales, parent=below)
        assert "parent" in refused.value.message_dict


def test_teams_below_go_along(sales, central, lena, rita, west):
    top = TeamFactory(name="Company", manager=UserFactory(name="Tom Top"))
    edit_team(sales, parent=top)

    assert top.manager.leads(rita)


def test_a_name_is_there_once_below_a_team(central, west, sales):
    with pytest.raises(ValidationError, match="already a team"):
        edit_team(west, name="Central")


def test_only_an_empty_team_is_deleted(sales, central, rita):
    with pytest.raises(ValidationError, match="teams below"):
        services.delete_team(sales)
    with pytest.raises(ValidationError, match="people in it"):
        services.delete_team(central)
    edit(rita, team=None)
    with pytest.raises(ValidationError, match="past stays"):
        services.delete_team(central)

    services.delete_team(TeamFactory(name="Empty", parent=sales))
    assert not Team.objects.filter(name="Empty").exists()


def test_only_the_hash_of_a_token_is_kept(rita, ada):
    link = services.invite(rita, by=ada, now=NOW)

    token = link.rstrip("/").rpartition("/")[2]
    found = Invitation.objects.get()
    assert len(token) >= 43
    assert found.token_sha256 == fingerprint(token)
    assert found.expires_at == NOW + timedelta(days=14)


def test_a_new_link_makes_the_old_one_stop(rita, ada):
    services.invite(rita, by=ada, now=NOW)
    services.invite(rita, by=ada, now=NOW)

    assert Invitation.objects.usable(NOW).count() == 1


def test_who_has_no_email_is_given_one_first(rita, ada):
    edit(rita, email="")
    with pytest.raises(ValidationError, match="e-mail first"):
        services.invite(rita, by=ada, now=NOW)

    rita.refresh_from_db()
    edit(rita, email="rita@example.com")
    assert services.invite(rita, by=ada, now=NOW)


def test_the_first_admin_comes_once(organisation):
    founded = {"name": "Fennel", "currency": "CHF", "time_zone": "Europe/Zurich"}
    admin = {"name": "Ada", "email": "ada@example.com", "time_zone": "Europe/Zurich"}

    ada = services.found_organisation(founded, admin, "a quiet river 7", today=TODAY)

    assert ada.is_admin
    organisation.refresh_from_db()
    assert organisation.currency == "CHF"
    with pytest.raises(ValidationError, match="admin already"):
        services.found_organisation(
            founded,
            {**admin, "email": "eve@example.com"},
            "a quiet river 7",
            today=TODAY,
        )
