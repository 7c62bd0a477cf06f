"""A missed meeting that nobody explains: asked once more, then one level up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rhythm.calendar import services, tasks
from rhythm.calendar.models import Holiday, Meeting, MeetingKind, WorkingCalendar
from rhythm.calendar.services import nag
from rhythm.notices.kinds import Delivery, kind_of
from rhythm.notices.models import Notice
from rhythm.people.models import Leave
from tests.factories.meetings import MeetingFactory
from tests.factories.ticks import TickFactory
from tests.two import all_at_once

pytestmark = pytest.mark.django_db

# Wednesday noon in Berlin; the meeting was missed on Tuesday.
WEDNESDAY = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def meeting(central, lena) -> Meeting:
    """Lena's meeting of Tuesday morning, missed at eleven."""
    made = MeetingFactory(
        team=central, chair=lena, starts_at=datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    )
    services.mark_missed(now=datetime(2026, 11, 24, 10, 0, tzinfo=UTC))
    made.refresh_from_db()
    return made


def run(first: datetime, days: float) -> None:
    """Look every hour for so many days."""
    for hour in range(int(days * 24)):
        nag(now=first + hour * HOUR)


def told(kind: str) -> list[tuple[str, datetime]]:
    found = Notice.objects.filter(kind=f"meetings.{kind}").order_by("pk")
    return list(found.values_list("recipient__name", "due_at"))


def away(person, first: date, last: date) -> None:
    Leave.objects.create(user=person, first_on=first, last_on=last)


def test_its_runner_is_asked_at_noon_of_the_next_working_day_and_once(meeting):
    run(WEDNESDAY - DAY, 1)
    assert told("nag") == []

    run(WEDNESDAY, 1.5)
    assert told("nag") == [("Lena Lang", WEDNESDAY)]
    assert "In two working days Vera Voss hears of it." in Notice.objects.get().text
    assert told("escalation") == []


def test_two_working_days_later_the_leader_above_hears_once_and_nobody_else(
    meeting, vera, max_
):
    run(WEDNESDAY, 14)

    # Thursday, Friday.
    assert told("escalation") == [("Vera Voss", WEDNESDAY + 2 * DAY)]
    assert len(told("nag")) == 1
    assert kind_of("meetings.escalation").delivery == Delivery.DIGEST
    assert "Lena Lang" in Notice.objects.get(kind="meetings.escalation").text


@pytest.mark.parametrize("what", ["held", "skipped", "moved"])
def test_who_says_a_word_is_left_alone(meeting, what):
    run(WEDNESDAY, 1)
    if what == "held":
        services.start(meeting, now=WEDNESDAY + DAY)
        services.hold(meeting, now=WEDNESDAY + DAY)
    elif what == "skipped":
        services.skip(meeting, "Everybody was ill", shown_version=None)
    else:
        services.move(meeting, WEDNESDAY + 30 * DAY, minutes=30, shown_version=None)
    run(WEDNESDAY + DAY, 6)

    assert told("escalation") == []


def test_one_that_was_moved_and_missed_again_is_asked_about_again_not_escalated_twice(
    meeting,
):
    run(WEDNESDAY, 5)
    services.move(meeting, WEDNESDAY + 5 * DAY, minutes=30, shown_version=None)
    services.mark_missed(now=WEDNESDAY + 5 * DAY + 2 * HOUR)
    run(WEDNESDAY + 5 * DAY, 9)

    assert len(told("nag")) == 2
    assert len(told("escalation")) == 1


def test_who_is_on_leave_is_asked_when_back(meeting, lena):
    away(lena, date(2026, 11, 25), date(2026, 11, 27))
    run(WEDNESDAY, 9)

    # Monday noon; then Tuesday and Wednesday.
    assert told("nag") == [("Lena Lang", WEDNESDAY + 5 * DAY)]
    assert told("escalation") == [("Vera Voss", WEDNESDAY + 7 * DAY)]


def test_a_leader_on_leave_hears_when_back(meeting, vera):
    away(vera, date(2026, 11, 27), date(2026, 12, 1))
    run(WEDNESDAY, 9)

    assert told("escalation") == [("Vera Voss", WEDNESDAY + 7 * DAY)]


def test_days_off_do_not_count(meeting):
    company = WorkingCalendar.objects.create()
    Holiday.objects.create(calendar=company, on=date(2026, 11, 25), name="Founders")
    run(WEDNESDAY, 9)

    assert told("nag") == [("Lena Lang", WEDNESDAY + DAY)]
    assert told("escalation") == [("Vera Voss", WEDNESDAY + 5 * DAY)]


def test_noon_is_that_of_whoever_is_asked(meeting, lena):
    type(lena).objects.filter(pk=lena.pk).update(time_zone="America/New_York")
    run(WEDNESDAY, 1)

    assert told("nag") == [("Lena Lang", WEDNESDAY + 6 * HOUR)]


def deactivate(person) -> None:
    type(person).objects.filter(pk=person.pk).update(is_active=False)


def test_whose_runner_was_deactivated_goes_to_the_leader_above(meeting, lena):
    deactivate(lena)
    run(WEDNESDAY, 9)

    assert told("nag") == []
    # Two working days after it was missed.
    assert told("escalation") == [("Vera Voss", WEDNESDAY + DAY)]
    text = Notice.objects.get(kind="meetings.escalation").text
    assert "Lena Lang, who was to run it, is not here any more." in text


def test_a_one_on_one_of_somebody_deactivated_goes_to_who_leads_its_person(lena, rita):
    starts = WEDNESDAY - DAY - 3 * HOUR
    values = {"kind": MeetingKind.ONE_ON_ONE, "team": None, "person": rita}
    MeetingFactory(chair=lena, starts_at=starts, **values)
    services.mark_missed(now=starts + 2 * HOUR)
    deactivate(lena)
    run(WEDNESDAY, 9)

    assert told("escalation") == [("Vera Voss", WEDNESDAY + DAY)]


def test_at_the_top_there_is_nobody_to_tell(sales, vera):
    starts = WEDNESDAY - DAY - 3 * HOUR
    MeetingFactory(team=sales, chair=vera, starts_at=starts)
    services.mark_missed(now=starts + 2 * HOUR)
    run(WEDNESDAY, 9)

    assert len(told("nag")) == 1
    assert "hears of it" not in Notice.objects.get().text
    assert told("escalation") == []


def test_three_days_without_a_tick_skip_no_step(meeting):
    back = WEDNESDAY + 5 * DAY + 2 * HOUR
    run(back, 5)

    assert told("nag") == [("Lena Lang", back)]
    assert told("escalation")[0][1] == back + 2 * DAY - 2 * HOUR


def test_what_was_missed_long_ago_is_history(meeting):
    run(WEDNESDAY + 14 * DAY, 3)

    assert told("nag") == []


def test_the_tick_looks_every_quarter_of_an_hour(meeting):
    tasks.tick(TickFactory(at=WEDNESDAY - timedelta(minutes=1)))
    tasks.tick(TickFactory(at=WEDNESDAY))

    assert len(told("nag")) == 1


def test_nothing_missed_costs_one_query(organisation, django_assert_num_queries):
    with django_assert_num_queries(1):
        nag(now=WEDNESDAY)


def test_once_every_word_is_said_a_missed_meeting_costs_three_queries(
    meeting, django_assert_num_queries
):
    run(WEDNESDAY, 3)

    with django_assert_num_queries(3):
        nag(now=WEDNESDAY + 3 * DAY)


def test_at_night_nobody_is_looked_up(meeting, django_assert_num_queries):
    with django_assert_num_queries(3):
        nag(now=WEDNESDAY - 10 * HOUR)


def test_queries_do_not_grow_with_what_was_missed(
    meeting, central, lena, count_queries
):
    few = count_queries(lambda: nag(now=WEDNESDAY))
    for number in range(10):
        starts = WEDNESDAY - DAY - 5 * HOUR + number * timedelta(minutes=1)
        MeetingFactory(team=central, chair=lena, starts_at=starts)
    services.mark_missed(now=WEDNESDAY - DAY)

    assert count_queries(lambda: nag(now=WEDNESDAY)) <= few + 2
    assert len(told("nag")) == 11


@pytest.mark.django_db(transaction=True)
def test_four_at_once_ask_once(meeting):
    all_at_once(*[lambda: nag(now=WEDNESDAY)] * 4)

    assert len(told("nag")) == 1
