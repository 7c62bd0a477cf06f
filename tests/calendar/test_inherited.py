"""What a team inherits: moved, dropped where it may be, and taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from rhythm.calendar.levels import hour_of
from rhythm.calendar.models import (
    Cadence,
    CadenceVariant,
    Meeting,
    MeetingKind,
    Reach,
)
from rhythm.calendar.services import cadences, plan_due
from rhythm.calendar.services import variants as services
from rhythm.notices.models import Notice
from rhythm.people.models import Membership
from rhythm.web.versions import Conflict
from tests.factories.meetings import CadenceFactory
from tests.factories.people import TeamFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TUESDAY = date(2026, 11, 3)


@pytest.fixture
def review(sales, central, lena, rita, otto) -> Cadence:
    cadence = CadenceFactory(team=sales, reach=Reach.BELOW)
    plan_due(now=NOW)
    return cadence


def page(browser, team) -> str:
    url = reverse("calendar:team_cadences", args=[team.pk])
    return " ".join(browser.get(url).text.split())


def move(review, team, by, **more):
    said = {"at": time(11), "rule": "FREQ=WEEKLY;BYDAY=TH", "shown_version": 0} | more
    return services.move_inherited(review, team, by=by, **said)


def wall(team) -> set[tuple[int, int]]:
    planned = Meeting.objects.filter(team=team, state="planned")
    found = (each.starts_at.astimezone(ZoneInfo("Europe/Berlin")) for each in planned)
    return {(each.weekday(), each.hour) for each in found}


def test_a_manager_moves_it_for_the_own_team_alone(review, central, west, lena):
    move(review, central, lena)
    plan_due(now=NOW)

    assert wall(central) == {(3, 11)}
    assert wall(west) == {(1, 9)}
    told = Notice.objects.values_list("recipient__name", flat=True)
    assert set(told) == {"Lena Lang", "Rita Reyes"}


@pytest.mark.parametrize("weekday", ["MO", "TH"])
def test_on_another_weekday_it_is_in_the_weeks_of_the_others(
    sales, central, west, lena, rita, otto, weekday
):
    every_second = "FREQ=WEEKLY;INTERVAL=2;BYDAY="
    cadence = CadenceFactory(
        team=sales, reach=Reach.BELOW, rule=f"{every_second}WE", first_on=TUESDAY
    )
    move(cadence, central, lena, rule=f"{every_second}{weekday}")
    plan_due(now=NOW)

    def weeks(team) -> set[int]:
        ahead = Meeting.objects.filter(team=team, key_on__gte=NOW.date())
        return set(ahead.values_list("key_on__week", flat=True))

    assert weeks(central) == weeks(west) != set()


def test_it_can_be_taken_back(review, central, lena, as_user):
    variant = move(review, central, lena)
    assert "Moved by this team." in page(as_user(lena), central)

    services.take_back(review, central, by=lena, shown_version=variant.version)
    plan_due(now=NOW)

    assert not CadenceVariant.objects.exists()
    assert wall(central) == {(1, 9)}


def test_moved_to_where_it_is_for_all_it_is_as_for_all(review, central, lena):
    variant = move(review, central, lena)

    move(
        review,
        central,
        lena,
        at=time(9),
        rule=review.rule,
        shown_version=variant.version,
    )

    assert not CadenceVariant.objects.exists()


@pytest.mark.parametrize(
    "rule", ["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "FREQ=WEEKLY;BYDAY=MO,TU", "FREQ=DAILY"]
)
def test_how_often_it_falls_stays(review, central, lena, rule):
    with pytest.raises(ValidationError, match="as often"):
        move(review, central, lena, rule=rule)


def test_what_is_not_mandatory_can_be_dropped(review, central, lena, as_user):
    services.drop_inherited(review, central, by=lena, shown_version=0)
    plan_due(now=NOW)

    assert wall(central) == set()
    assert "Not held here" in page(as_user(lena), central)


def test_what_is_mandatory_cannot_and_says_whom_to_ask(review, central, lena, as_user):
    Cadence.objects.update(is_mandatory=True)

    shown = page(as_user(lena), central)

    assert "Mandatory, from Sales" in shown
    assert "Who may change it: Vera Voss." in shown
    assert "Drop Pipeline review" not in shown
    url = reverse("calendar:variant_drop", args=[review.pk, central.pk])
    response = as_user(lena).post(url, {"version": 0})
    assert response.status_code == 422
    assert "It is mandatory, from Sales." in response.text


def test_a_level_meets_after_the_one_below_and_follows_the_hour(
    review, sales, central, vera, as_user
):
    """The top team sees its own hour, and it moves with the cadence's."""
    assert (wall(central), wall(sales)) == ({(1, 9)}, {(1, 10)})
    assert "Every Tuesday, 10:00" in page(as_user(vera), sales)
    listed = as_user(vera).get(reverse("calendar:cadence_list")).text
    assert "level after level from below: 09:00 and 10:00" in listed

    cadences.edit_cadence(review, {"at": time(13)}, by=vera, shown_version=None)
    plan_due(now=NOW)

    assert (wall(central), wall(sales)) == ({(1, 13)}, {(1, 14)})
    assert "Every Tuesday, 14:00" in page(as_user(vera), sales)
    assert "Moved by this team" not in page(as_user(vera), central)


def test_a_team_made_later_pushes_those_above_it(review, central, sales, lena, otto):
    below = TeamFactory(name="Berlin", parent=central)
    Membership.objects.filter(user=otto).update(team=below)
    plan_due(now=NOW)

    hours = (wall(below), wall(central), wall(sales))
    assert hours == ({(1, 9)}, {(1, 10)}, {(1, 11)})


def test_the_hour_of_its_level_is_usual_for_a_team_in_the_middle(ada, sales, central):
    for_all = CadenceFactory(team=None, reach=Reach.BELOW)
    move(for_all, sales, ada, at=time(10), rule=for_all.rule)
    assert not CadenceVariant.objects.exists()

    move(for_all, sales, ada, at=time(9), rule=for_all.rule)
    assert CadenceVariant.objects.get().at == time(9)


@pytest.mark.parametrize(
    ("more", "hour"),
    [
        ({"minutes": 480}, time(16)),
        ({"at": time(23, 50), "minutes": 10}, time(23, 50)),
        ({"minutes": 30}, time(10, 30)),
        ({"reach": Reach.TEAM}, time(9)),
        ({"kind": MeetingKind.HUDDLE, "is_async": True}, time(9)),
    ],
)
def test_no_level_meets_past_midnight_or_needs_to_where_nobody_meets(more, hour):
    cadence = CadenceFactory.build(team=None, **{"reach": Reach.BELOW} | more)

    assert hour_of(cadence, 3) == hour


def test_nobody_moves_it_for_a_team_they_do_not_lead(review, west, lena):
    with pytest.raises(PermissionDenied):
        move(review, west, lena)


def test_only_what_comes_from_above_is_moved(central, lena):
    own = CadenceFactory(team=central, reach=Reach.BELOW)

    with pytest.raises(ValidationError, match="does not inherit"):
        move(own, central, lena)


def test_the_later_of_two_is_told(review, central, lena, as_user):
    move(review, central, lena)

    with pytest.raises(Conflict):
        move(review, central, lena)
    url = reverse("calendar:variant_edit", args=[review.pk, central.pk])
    said = {"version": 0, "weekdays": ["4"], "at": "12:00"}
    answer = as_user(lena).post(url, said)
    assert answer.status_code == 409
    # What was typed is still there, beside how it stands now.
    assert 'value="12:00"' in answer.text
    assert "<td>Fri</td>" in answer.text
    said["version"] = CadenceVariant.objects.get().version
    assert as_user(lena).post(url, said).status_code == 302


def test_the_form_moves_it(review, central, lena, as_user):
    url = reverse("calendar:variant_edit", args=[review.pk, central.pk])
    browser = as_user(lena)

    assert "For all: Every Tuesday, 09:00" in browser.get(url).text
    browser.post(url, {"version": 0, "weekdays": ["4"], "at": "12:00"})

    variant = CadenceVariant.objects.get()
    assert (variant.rule, variant.at) == ("FREQ=WEEKLY;BYDAY=FR", time(12))


def test_another_number_of_weekdays_is_refused(review, central, lena, as_user):
    url = reverse("calendar:variant_edit", args=[review.pk, central.pk])
    said = {"version": 0, "weekdays": ["1", "4"], "at": "12:00"}

    response = as_user(lena).post(url, said)

    assert response.status_code == 422
    assert "as many weekdays as before" in response.text
