"""The planner: every meeting that a rule wants is there, exactly once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from rhythm.calendar import services
from rhythm.calendar.models import (
    Cadence,
    CadenceVariant,
    Meeting,
    MeetingState,
    Reach,
    WorkingCalendar,
)
from tests.calendar.planner import BERLIN, NOW, days, plan, replan
from tests.factories.meetings import CadenceFactory
from tests.two import all_at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(central, lena, rita) -> Cadence:
    """Central's weekly pipeline review, Tuesdays at nine."""
    return CadenceFactory(team=central)


def test_a_weekly_rule_has_its_meetings_for_eight_weeks(review, central, lena):
    plan()

    meetings = list(Meeting.objects.order_by("starts_at"))
    assert len(meetings) == 8
    first = meetings[0]
    assert first.starts_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert (first.team, first.person, first.chair) == (central, None, lena)
    assert first.key_on == date(2026, 11, 24)
    assert first.time_zone == "Europe/Berlin"


def test_planning_again_changes_nothing(review):
    plan()
    before = list(Meeting.objects.order_by("pk").values())

    assert replan(review).made == 0

    assert list(Meeting.objects.order_by("pk").values()) == before


def test_a_week_later_there_is_one_more(review):
    plan()

    assert plan(NOW + timedelta(days=7)).made == 1


def test_nothing_due_costs_few_queries(review, django_assert_num_queries):
    plan()

    with django_assert_num_queries(2):
        plan(NOW + timedelta(seconds=30))


@pytest.mark.parametrize("cadences", [1, 12])
def test_planning_costs_the_same_for_one_as_for_many(
    central, rita, cadences, django_assert_max_num_queries
):
    for _ in range(cadences):
        CadenceFactory(team=central)

    with django_assert_max_num_queries(30):
        plan()


def test_what_fell_due_in_a_silence_is_made_up_for_once(review):
    plan()
    Meeting.objects.all().delete()

    replan(review, planned_through=date(2026, 11, 1))
    services.mark_missed(now=NOW)

    missed = Meeting.objects.filter(state=MeetingState.MISSED)
    assert days(pk__in=missed) == [date(2026, 11, d) for d in (3, 10, 17)]


def test_a_new_rule_owes_nothing_for_the_past(review):
    plan()

    assert min(days()) > NOW.date()


def test_every_team_below_has_its_own(review, sales, central, west, otto, omar, rita):
    replan(review, team=sales, reach=Reach.BELOW)

    chairs = dict(Meeting.objects.values_list("team__name", "chair__name"))
    assert chairs == {"Sales": "Vera Voss", "Central": "Lena Lang", "West": "Omar Odeh"}


def test_a_rule_of_the_whole_organisation_reaches_every_team(
    review, sales, central, west, otto, rita
):
    replan(review, team=None, reach=Reach.BELOW)

    assert Meeting.objects.values("team").distinct().count() == 3


def test_a_team_whose_manager_has_left_is_led_from_above(review, lena, vera):
    lena.is_active = False
    lena.save(update_fields=["is_active"])

    plan()

    assert set(Meeting.objects.values_list("chair", flat=True)) == {vera.pk}


def test_a_team_moves_its_hour_and_only_its_own(
    review, sales, central, west, otto, rita
):
    CadenceVariant.objects.create(cadence=review, team=west, at=time(11))
    replan(review, team=sales, reach=Reach.BELOW, is_mandatory=True)

    hours = {
        each.team.name: each.starts_at.astimezone(BERLIN).hour
        for each in Meeting.objects.select_related("team")
    }
    # Sales is above both, and meets after what is usual below it.
    assert hours == {"Sales": 10, "Central": 9, "West": 11}


@pytest.mark.parametrize(("is_mandatory", "teams"), [(False, 2), (True, 3)])
def test_only_what_is_not_mandatory_may_be_dropped(
    review, sales, west, otto, rita, is_mandatory, teams
):
    CadenceVariant.objects.create(cadence=review, team=west, is_dropped=True)
    replan(review, team=sales, reach=Reach.BELOW, is_mandatory=is_mandatory)

    assert Meeting.objects.values("team").distinct().count() == teams


def test_a_team_keeps_its_hour_on_the_wall_in_its_own_zone(review, central):
    WorkingCalendar.objects.create(team=central, time_zone="America/New_York")
    replan(review, time_zone="")

    first = Meeting.objects.order_by("starts_at").first()
    assert first.starts_at == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
    assert first.time_zone == "America/New_York"


def test_a_public_holiday_puts_it_off_to_the_next_working_day(review, central):
    WorkingCalendar.objects.create(team=None, region="DE")
    replan(review, rule="FREQ=WEEKLY;BYDAY=FR")

    # 25 December and 1 January are Fridays.
    assert date(2026, 12, 28) in days()
    assert date(2027, 1, 4) in days()
    assert date(2026, 12, 25) not in days()


def test_what_is_put_off_over_today_is_neither_lost_nor_doubled(review):
    WorkingCalendar.objects.create(team=None, region="DE")
    replan(review, rule="FREQ=WEEKLY;BYDAY=FR")
    on_saturday = datetime(2026, 12, 26, 6, 0, tzinfo=UTC)

    plan(on_saturday)

    assert days().count(date(2026, 12, 28)) == 1
    planned = Meeting.objects.get(key_on=date(2026, 12, 25))
    assert planned.state == MeetingState.PLANNED


def test_another_rule_replaces_what_is_ahead_and_keeps_what_was_held(review):
    plan()
    first = Meeting.objects.order_by("starts_at").first()
    later = first.starts_at + timedelta(minutes=45)
    services.start(first, now=first.starts_at)
    services.hold(first, now=later)

    done = replan(review, later, rule="FREQ=WEEKLY;BYDAY=WE")

    first.refresh_from_db()
    assert first.state == MeetingState.HELD
    ahead = days(state=MeetingState.PLANNED)
    assert {each.weekday() for each in ahead} == {2}
    assert len(ahead) == 8
    assert len([each for each in done.changes if each.is_cancelled]) == 7


def test_another_hour_moves_the_same_meetings(review):
    plan()
    before = set(Meeting.objects.values_list("pk", flat=True))

    done = replan(review, at=time(10, 30))

    assert set(Meeting.objects.values_list("pk", flat=True)) == before
    assert {each.starts_at.minute for each in Meeting.objects.all()} == {30}
    assert len(done.changes) == 8
    assert set(Meeting.objects.values_list("sequence", flat=True)) == {1}


def test_a_rule_that_comes_back_revives_its_meetings(review):
    plan()
    replan(review, rule="FREQ=WEEKLY;BYDAY=WE")

    replan(review, rule="FREQ=WEEKLY;BYDAY=TU")

    planned = days(state=MeetingState.PLANNED)
    assert {each.weekday() for each in planned} == {1}
    assert len(planned) == 8


def test_what_a_person_moved_or_called_off_stays(review):
    plan()
    first, second, *_ = Meeting.objects.order_by("starts_at")
    wednesday = first.starts_at + timedelta(days=1)
    services.move(first, wednesday, minutes=30, shown_version=first.version)
    services.skip(second, "Trade fair", shown_version=second.version)

    replan(review, at=time(10, 30))

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.starts_at == wednesday
    assert second.state == MeetingState.SKIPPED


def test_what_was_moved_far_stays_whatever_else_is_planned(review, central):
    """An old cadence beside it is looked at from long ago on."""
    plan()
    first = Meeting.objects.order_by("starts_at").first()
    in_six_weeks = first.starts_at + timedelta(days=43)
    services.move(first, in_six_weeks, minutes=45, shown_version=None)
    CadenceFactory(team=central, planned_through=NOW.date())

    replan(review, NOW + timedelta(days=30), planned_through=date(2027, 1, 18))

    first.refresh_from_db()
    assert (first.state, first.starts_at) == (MeetingState.PLANNED, in_six_weeks)


def test_a_clock_that_is_set_back_calls_nothing_off(review):
    late = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    plan(late)
    before = days(state=MeetingState.PLANNED)

    replan(review, late - timedelta(hours=1), planned_through=date(2027, 1, 19))

    assert days(state=MeetingState.PLANNED) == before


def test_a_rule_that_ends_calls_no_more(review):
    plan()

    replan(review, is_active=False)

    assert not days(state=MeetingState.PLANNED)
    assert not Cadence.objects.to_be_planned(NOW + timedelta(days=400)).exists()


@pytest.mark.django_db(transaction=True)
def test_four_planners_at_once_make_each_meeting_once(central, lena, rita):
    for _ in range(20):
        CadenceFactory(team=central)

    all_at_once(*[plan] * 4)

    assert Meeting.objects.count() == 160
