"""Reminders before a meeting, and word of one that nobody held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rhythm.calendar import services, tasks
from rhythm.calendar.models import Meeting, MeetingState
from rhythm.notices.models import Notice
from tests.factories.meetings import CadenceFactory
from tests.factories.people import UserFactory
from tests.factories.ticks import TickFactory
from tests.two import all_at_once

pytestmark = pytest.mark.django_db

# A Monday.
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DAY, HOUR = 24 * 60, 60


@pytest.fixture
def meeting(central, lena, rita) -> Meeting:
    """Tomorrow's review of Central, 26 hours from NOW."""
    CadenceFactory(team=central, remind_minutes=[HOUR, DAY])
    services.plan_due(now=NOW)
    first = Meeting.objects.order_by("starts_at").first()
    assert first is not None
    return first


def before(meeting: Meeting, minutes: int) -> datetime:
    return meeting.starts_at - timedelta(minutes=minutes)


def reminded() -> list[str]:
    found = Notice.objects.filter(kind="meetings.reminder")
    return sorted(found.values_list("recipient__name", flat=True))


def test_everybody_in_it_is_reminded_when_it_is_time(meeting):
    assert services.remind_due(now=before(meeting, DAY + 1)) == 0

    assert services.remind_due(now=before(meeting, DAY)) == 2

    assert reminded() == ["Lena Lang", "Rita Reyes"]
    notice = Notice.objects.first()
    assert notice.due_at == before(meeting, DAY)
    assert notice.expires_at == meeting.starts_at
    assert notice.url == meeting.get_absolute_url()


def test_nobody_is_reminded_twice(meeting):
    for minutes in (DAY, DAY - 1, HOUR + 1):
        services.remind_due(now=before(meeting, minutes))

    assert len(reminded()) == 2


def test_each_of_its_reminders_goes_out(meeting):
    services.remind_due(now=before(meeting, DAY))
    services.remind_due(now=before(meeting, HOUR))

    assert len(reminded()) == 4


def test_after_a_silence_there_is_one_and_not_one_for_each(meeting):
    services.remind_due(now=before(meeting, HOUR - 10))

    assert len(reminded()) == 2


def test_what_has_begun_is_not_reminded_of(meeting):
    assert services.remind_due(now=meeting.starts_at) == 0


def test_what_was_called_off_is_not_reminded_of(meeting):
    services.cancel(meeting, "A mistake", shown_version=None)

    assert services.remind_due(now=before(meeting, HOUR)) == 0


def test_what_gets_another_time_is_reminded_of_anew(meeting):
    services.remind_due(now=before(meeting, HOUR))
    later = meeting.starts_at + timedelta(days=1)
    moved = services.move(meeting, later, minutes=45, shown_version=None)

    services.remind_due(now=before(moved, DAY))

    assert len(reminded()) == 4


def test_each_reads_the_own_time(meeting, central):
    UserFactory(name="Nia New", team=central, time_zone="America/New_York")

    services.remind_due(now=before(meeting, HOUR))

    subjects = dict(Notice.objects.values_list("recipient__name", "subject"))
    assert subjects["Rita Reyes"].endswith("Tue 24 Nov, 09:00")
    assert subjects["Nia New"].endswith("Tue 24 Nov, 03:00")


def test_nothing_to_remind_of_costs_one_query(meeting, django_assert_num_queries):
    with django_assert_num_queries(1):
        services.remind_due(now=NOW)


def test_whoever_runs_it_is_told_once_that_it_was_missed(meeting, lena):
    after = meeting.ends_at + timedelta(hours=2)
    for minutes in range(3):
        tasks.tick(TickFactory(at=after + timedelta(minutes=minutes)))

    told = Notice.objects.get(kind="meetings.missed")
    assert told.recipient == lena
    assert Meeting.objects.get(pk=meeting.pk).state == MeetingState.MISSED


def test_a_meeting_counts_as_missed_an_hour_after_its_end(meeting):
    last = meeting.ends_at + timedelta(hours=1)
    assert services.mark_missed(now=last - timedelta(seconds=1)) == []
    assert services.mark_missed(now=last) == [meeting.pk]
    assert services.mark_missed(now=last) == []


@pytest.mark.django_db(transaction=True)
def test_four_at_once_remind_once(central, lena, rita):
    for _ in range(10):
        CadenceFactory(team=central, remind_minutes=[HOUR])
    services.plan_due(now=NOW)
    first = Meeting.objects.order_by("starts_at").first()

    all_at_once(*[lambda: services.remind_due(now=before(first, 30))] * 4)

    assert len(reminded()) == 20
