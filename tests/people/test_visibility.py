"""Who may see whose work."""

import pytest
from django.db import IntegrityError, transaction

from rhythm.people.models import Membership, Team, User
from tests.factories.people import LONG_AGO, MembershipFactory, TeamFactory, UserFactory


@pytest.fixture
def everybody(
    rita: User, otto: User, dora: User, max_: User, ada: User
) -> dict[str, User]:
    return {each.name.split()[0]: each for each in User.objects.all()}


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [
        ("Rita", {"Rita"}),
        ("Lena", {"Lena", "Rita", "Dora"}),
        ("Omar", {"Omar", "Otto"}),
        ("Vera", {"Vera", "Lena", "Omar", "Rita", "Dora", "Otto"}),
        ("Max", {"Rita", "Lena", "Vera", "Omar", "Otto", "Dora", "Max", "Ada"}),
        ("Ada", {"Rita", "Lena", "Vera", "Omar", "Otto", "Dora", "Max", "Ada"}),
        ("Dora", set()),
    ],
)
def test_a_person_sees_the_own_work_and_that_of_the_teams_below(
    everybody: dict[str, User], viewer: str, seen: set[str]
) -> None:
    visible = User.objects.visible_to(everybody[viewer])

    assert {each.name.split()[0] for each in visible} == seen


def test_whoever_left_the_team_is_seen_by_its_leader_no_more(
    lena: User, rita: User, west: Team
) -> None:
    Membership.objects.filter(user=rita).update(until="2026-01-01")
    MembershipFactory(user=rita, team=west, since="2026-01-01")

    assert not lena.leads(rita)
    assert west.manager is not None
    assert west.manager.leads(rita)


def test_a_team_cannot_be_moved_below_itself(sales: Team, central: Team) -> None:
    sales.parent = central

    with pytest.raises(IntegrityError, match="below itself"), transaction.atomic():
        sales.save(update_fields=["parent"])


def test_moving_a_team_moves_all_below_it(
    sales: Team, central: Team, west: Team
) -> None:
    north = TeamFactory(parent=central)
    central.parent = west
    central.save(update_fields=["parent"])

    north.refresh_from_db()
    assert north.line == [sales.pk, west.pk, central.pk, north.pk]


def test_nobody_is_in_two_teams_on_one_day(rita: User, west: Team) -> None:
    Membership.objects.filter(user=rita).update(until="2026-01-01")

    with pytest.raises(IntegrityError, match="one_team_at_a_time"):
        MembershipFactory(user=rita, team=west, since=LONG_AGO, until="2025-01-01")


def test_an_email_belongs_to_one_person_however_it_is_written(rita: User) -> None:
    with pytest.raises(IntegrityError, match="one_person_per_email"):
        UserFactory(email=rita.email.upper() if rita.email else None)


def test_many_people_may_be_without_an_email(db: None) -> None:
    UserFactory(email=None)
    UserFactory(email=None)

    assert User.objects.filter(email=None).count() == 2


def test_the_history_of_a_person_holds_who_it_was_before(rita: User) -> None:
    rita.name = "Rita Reyes-Roth"
    rita.save(update_fields=["name"])

    assert rita.events.get().name == "Rita Reyes"  # type: ignore[attr-defined]
