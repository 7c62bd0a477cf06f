"""The planner and people: who has a one-on-one, who stands in, who is on leave."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from rhythm.calendar import services
from rhythm.calendar.models import (
    Cadence,
    Deputyship,
    Meeting,
    MeetingState,
    Reach,
    Scope,
)
from rhythm.people.models import Leave, Membership
from tests.calendar.planner import BERLIN, NOW, berlin, days, one_on_one, plan, replan
from tests.factories.meetings import CadenceFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(central, lena, rita) -> Cadence:
    """Central's weekly pipeline review, Tuesdays at nine."""
    return CadenceFactory(team=central)


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
