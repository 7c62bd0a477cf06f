"""The planner: every meeting that a rule wants is there, exactly once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from rhythm.calendar import services
from rhythm.calendar.models import (
    Cadence,
    CadenceVariant,
    Deputyship,
    Meeting,
    MeetingState,
    Reach,
    Scope,
    WorkingCalendar,
)
from rhythm.people.models import Leave, Membership
from tests.factories.meetings import CadenceFactory
from tests.factories.people import UserFactory
from tests.two import all_at_once

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
# A Monday.
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture
def review(central, lena, rita) -> Cadence:
    """Central's weekly pipeline review, Tuesdays at nine."""
    return CadenceFactory(team=central)


def plan(now: datetime = NOW):
    return services.plan_due(now=now)


def replan(cadence: Cadence, now: datetime = NOW, **values):
    """Change the cadence as its form does, and plan."""
    anew = {"plan_at": None, "planned_through": None}
    Cadence.objects.filter(pk=cadence.pk).update(**(anew | values))
    return plan(now)


def days(**lookup) -> list[date]:
    found = Meeting.objects.filter(**lookup).order_by("starts_at")
    return [each.starts_at.astimezone(BERLIN).date() for each in found]


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


def test_every_rep_has_a_meeting_with_the_manager(review, lena, rita, dora):
    replan(review, scope=Scope.EACH_REP)

    first = Meeting.objects.order_by("starts_at").first()
    assert (first.person, first.team, first.chair) == (rita, None, lena)
    # Not Dora, who has left, nor Lena with herself.
    assert {each.person for each in Meeting.objects.all()} == {rita}


def test_those_with_each_person_follow_one_another_and_the_next_day(
    review, central, lena, rita
):
    for number in range(4):
        UserFactory(name=f"Rep {number}", team=central)
    # Two fit before five o'clock; two more on Wednesday, and one on Thursday.
    replan(review, scope=Scope.EACH_REP, at=time(15, 30), minutes=45)

    first = Meeting.objects.filter(key_on=date(2026, 11, 24)).order_by("starts_at")
    begins = [each.starts_at.astimezone(BERLIN) for each in first]
    assert [(each.day, each.hour, each.minute) for each in begins] == [
        *((24, 15, 30), (24, 16, 15)),
        *((25, 15, 30), (25, 16, 15)),
        (26, 15, 30),
    ]
    assert first[0].person == rita
    before = list(Meeting.objects.order_by("pk").values_list("pk", "starts_at"))
    plan(NOW + timedelta(days=1))
    assert before == list(
        Meeting.objects.order_by("pk").values_list("pk", "starts_at")[: len(before)]
    )


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


def test_who_joins_or_leaves_is_seen_at_the_next_tick(review, lena, rita, otto):
    replan(review, scope=Scope.EACH_REP)
    otto_was = Membership.objects.get(user=otto)
    Membership.objects.filter(pk=otto_was.pk).update(until=NOW.date())
    Membership.objects.create(user=otto, team=review.team, since=NOW.date())

    plan(NOW + timedelta(seconds=30))

    assert Meeting.objects.filter(person=otto, chair=lena).count() == 8


def test_a_dated_deputy_chairs_and_gives_the_chair_back(review, lena, omar):
    stands_in = Deputyship.objects.create(
        leader=lena, deputy=omar, first_on=date(2026, 12, 1), last_on=date(2026, 12, 8)
    )
    plan()
    deputised = Meeting.objects.filter(deputy=omar)
    assert days(pk__in=deputised) == [date(2026, 12, 1), date(2026, 12, 8)]

    stands_in.delete()
    plan(NOW + timedelta(minutes=1))

    assert not Meeting.objects.exclude(deputy=None).exists()


def test_nobody_is_called_to_a_one_on_one_on_leave(review, lena, rita, dora):
    replan(review, scope=Scope.EACH_REP)
    away = Leave.objects.create(
        user=rita, first_on=date(2026, 12, 1), last_on=date(2026, 12, 8)
    )

    plan(NOW + timedelta(seconds=30))

    called_off = {"state": MeetingState.CANCELLED}
    assert days(person=rita, **called_off) == [date(2026, 12, 1), date(2026, 12, 8)]
    assert not days(person=dora, **called_off)

    away.delete()
    plan(NOW + timedelta(seconds=60))

    assert len(days(person=rita, state=MeetingState.PLANNED)) == 8


def test_a_manager_on_leave_has_one_on_ones_only_by_a_deputy(review, lena, rita, omar):
    replan(review, scope=Scope.EACH_REP)
    week = {"first_on": date(2026, 12, 1), "last_on": date(2026, 12, 1)}
    Leave.objects.create(user=lena, **week)
    plan(NOW + timedelta(seconds=30))
    assert days(person=rita, state=MeetingState.CANCELLED) == [date(2026, 12, 1)]

    Deputyship.objects.create(leader=lena, deputy=omar, **week)
    plan(NOW + timedelta(seconds=60))

    assert days(person=rita, deputy=omar) == [date(2026, 12, 1)]
    assert not days(person=rita, state=MeetingState.CANCELLED)


def one_on_one(person, key: date = date(2026, 12, 1)) -> Meeting:
    return Meeting.objects.get(person=person, key_on=key)


def berlin(meeting: Meeting) -> str:
    return f"{meeting.starts_at.astimezone(BERLIN):%a %H:%M}"


def test_what_was_moved_because_of_leave_is_not_called_off_by_it(review, lena, rita):
    replan(review, scope=Scope.EACH_REP)
    thursday = one_on_one(rita).starts_at + timedelta(days=2)
    services.move(one_on_one(rita), thursday, minutes=20, shown_version=None)
    away = Leave.objects.create(
        user=rita, first_on=date(2026, 12, 1), last_on=date(2026, 12, 1)
    )

    plan(NOW + timedelta(seconds=30))

    stays = one_on_one(rita)
    assert (stays.state, stays.starts_at) == (MeetingState.PLANNED, thursday)
    assert stays.planned_minutes == 20
    # Leave of the day to which it was moved is another thing.
    Leave.objects.filter(pk=away.pk).update(last_on=date(2026, 12, 3))
    plan(NOW + timedelta(seconds=60))
    assert one_on_one(rita).state == MeetingState.CANCELLED


def test_a_chair_given_by_hand_holds_it_while_the_manager_is_away(
    review, lena, rita, omar
):
    replan(review, scope=Scope.EACH_REP)
    services.hand_over(one_on_one(rita), to=omar)
    Leave.objects.create(
        user=lena, first_on=date(2026, 12, 1), last_on=date(2026, 12, 1)
    )

    plan(NOW + timedelta(seconds=30))

    stays = one_on_one(rita)
    assert (stays.state, stays.deputy) == (MeetingState.PLANNED, omar)


def test_who_would_stand_in_for_the_own_one_on_one_chairs_none_on_leave(
    review, lena, rita
):
    """Rita stands in for Lena, who is away: nobody is left to meet Rita."""
    week = {"first_on": date(2026, 12, 1), "last_on": date(2026, 12, 1)}
    Deputyship.objects.create(leader=lena, deputy=rita, **week)
    Leave.objects.create(user=lena, **week)

    replan(review, scope=Scope.EACH_REP)

    assert date(2026, 12, 1) not in days(person=rita)


def test_who_leaves_or_joins_moves_nobody_else(review, central, rita):
    others = [UserFactory(name=f"Rep {number}", team=central) for number in range(2)]
    replan(review, scope=Scope.EACH_REP)
    times = [berlin(one_on_one(each)) for each in (rita, *others)]
    assert times == ["Tue 09:00", "Tue 09:45", "Tue 10:30"]

    Membership.objects.filter(user=rita).update(until=NOW.date())
    done = plan(NOW + timedelta(seconds=30))

    assert [berlin(one_on_one(each)) for each in others] == times[1:]
    assert all(each.meeting.person_id == rita.pk for each in done.changes)
    new = UserFactory(name="Rep 3", team=central)
    plan(NOW + timedelta(seconds=60))
    assert berlin(one_on_one(new)) == "Tue 09:00"
    assert [berlin(one_on_one(each)) for each in others] == times[1:]


def test_nobody_has_two_one_on_ones_at_once(
    review, sales, central, west, lena, omar, rita, otto
):
    """Lena is met by Vera, and meets Rita; Omar's team is hers as well by now."""
    west.manager = lena
    west.save(update_fields=["manager"])
    replan(review, team=sales, reach=Reach.BELOW, scope=Scope.EACH_REP)

    busy = [
        (who, each.starts_at)
        for each in Meeting.objects.all()
        for who in (each.chair_id, each.person_id)
    ]
    assert len(busy) == len(set(busy))
    held = Meeting.objects.filter(key_on=date(2026, 11, 24))
    whom = {(each.chair, each.person) for each in held}
    assert {(lena, rita), (lena, otto)} < whom
    assert [person for _chair, person in whom].count(lena) == 1
    before = set(Meeting.objects.values_list("pk", "starts_at", "version"))
    replan(review, team=sales)
    assert set(Meeting.objects.values_list("pk", "starts_at", "version")) == before


def test_nothing_of_today_is_moved_into_the_past(review, rita):
    plan()
    first = Meeting.objects.order_by("starts_at").first()

    replan(review, first.starts_at - timedelta(minutes=30), at=time(8))

    first.refresh_from_db()
    assert berlin(first) == "Tue 09:00"
    assert berlin(Meeting.objects.get(key_on=date(2026, 12, 1))) == "Tue 08:00"


def test_a_rule_shortly_before_the_end_of_the_day_has_one_a_day(review, central, rita):
    for number in range(3):
        UserFactory(name=f"Rep {number}", team=central)
    replan(review, scope=Scope.EACH_REP, at=time(16, 30), minutes=45)

    held = Meeting.objects.filter(key_on=date(2026, 11, 24)).order_by("starts_at")
    assert [berlin(each) for each in held] == [
        f"{day} 16:30" for day in ("Tue", "Wed", "Thu", "Fri")
    ]


def test_a_series_of_the_evening_ends_by_midnight(review, central, rita):
    for number in range(3):
        UserFactory(name=f"Rep {number}", team=central)
    replan(review, scope=Scope.EACH_REP, at=time(22, 30), minutes=45)

    held = Meeting.objects.filter(key_on=date(2026, 11, 24)).order_by("starts_at")
    assert [berlin(each) for each in held] == [
        *("Tue 22:30", "Tue 23:15", "Wed 22:30", "Wed 23:15")
    ]


def test_a_long_series_ends_before_the_next_and_is_called_off_to_its_end(
    review, central, rita
):
    for number in range(6):
        UserFactory(name=f"Rep {number}", team=central)
    monthly = "FREQ=MONTHLY;BYMONTHDAY=2"
    replan(review, scope=Scope.EACH_REP, at=time(16, 30), minutes=45)
    # Seven people, five working days until the next Tuesday.
    assert Meeting.objects.filter(key_on=date(2026, 11, 24)).count() == 5

    begun = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
    for number in range(12):
        UserFactory(name=f"Late {number}", team=central)
    replan(review, begun, rule=monthly)
    late = begun + timedelta(days=17)
    assert Meeting.objects.filter(starts_at__gt=late, key_on=begun.date()).exists()
    replan(review, late, is_active=False)

    assert not days(state=MeetingState.PLANNED, starts_at__gt=late)


def test_leave_of_one_calls_off_no_meeting_of_the_team(review, rita):
    plan()
    planned = Cadence.objects.get().plan_at
    Leave.objects.create(
        user=rita, first_on=date(2026, 12, 1), last_on=date(2026, 12, 8)
    )

    plan(NOW + timedelta(seconds=30))

    assert len(days(state=MeetingState.PLANNED)) == 8
    # Not even looked at again.
    assert Cadence.objects.get().plan_at == planned


def test_a_chair_that_was_handed_over_by_hand_stays_so(review, omar):
    plan()
    first = Meeting.objects.order_by("starts_at").first()
    services.hand_over(first, to=omar)

    replan(review, minutes=30)

    first.refresh_from_db()
    assert (first.deputy, first.planned_minutes) == (omar, 30)


@pytest.mark.django_db(transaction=True)
def test_four_planners_at_once_make_each_meeting_once(central, lena, rita):
    for _ in range(20):
        CadenceFactory(team=central)

    all_at_once(*[plan] * 4)

    assert Meeting.objects.count() == 160
