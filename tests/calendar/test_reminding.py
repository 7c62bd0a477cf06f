"""Reminders before a meeting, and word of one that nobody held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rhythm.calendar import services, tasks
from rhythm.calendar.models import Cadence, Meeting, MeetingState
from rhythm.notices.models import Notice, NoticeState
from rhythm.notices.services import finish
from rhythm.people.models import User
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


@pytest.fixture
def mailed(meeting, settings) -> Meeting:
    """That review, of which no other mail of the day says anything."""
    settings.HAS_MAIL_SERVER = True
    Cadence.objects.update(prepare_hours=0, preread_hours=0)
    return meeting


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


def shift(meeting: Meeting, hours: float) -> None:
    at = meeting.starts_at + timedelta(hours=hours)
    services.move(meeting, at, minutes=45, shown_version=None)


def open_to(person: User) -> list[datetime | None]:
    """Return the times of the meeting of which the person's inbox reminds."""
    found = Notice.objects.in_inbox_of(person).filter(done_at=None)
    return list(found.values_list("expires_at", flat=True))


def test_moved_again_and_again_makes_one_mail_of_the_last_time(mailed, rita):
    at = before(mailed, DAY)
    services.remind_due(now=at)
    Notice.objects.update(state=NoticeState.SENT)
    for hours in (-2, -0.5, -1):
        at += timedelta(minutes=2)
        shift(mailed, hours)
        services.remind_due(now=at)
        assert not Notice.objects.due(at).exists()

    [mail] = Notice.objects.due(at + timedelta(minutes=5)).filter(recipient=rita)
    last = mailed.starts_at - timedelta(hours=1)
    assert (mail.expires_at, open_to(rita)) == (last, [last])


def test_moved_and_moved_back_it_is_as_if_nobody_had_moved_it(mailed, rita):
    at = before(mailed, DAY)
    services.remind_due(now=at)
    Notice.objects.update(state=NoticeState.SENT)
    for hours in (-1, 0):
        at += timedelta(minutes=2)
        shift(mailed, hours)
        services.remind_due(now=at)

    assert open_to(rita) == [mailed.starts_at]
    assert not Notice.objects.due(at + timedelta(minutes=9)).exists()


def test_moved_to_where_it_begins_at_once_it_is_mailed_at_once(mailed, rita):
    services.remind_due(now=before(mailed, DAY))
    Notice.objects.update(state=NoticeState.SENT)
    shift(mailed, -23)
    at = before(mailed, 23 * HOUR + 8)
    services.remind_due(now=at)

    assert Notice.objects.due(at).filter(recipient=rita).count() == 1


def test_moved_far_ahead_it_is_mailed_when_it_is_time_again(mailed, rita):
    services.remind_due(now=before(mailed, DAY))
    shift(mailed, 3 * 24)
    moved = Meeting.objects.get(pk=mailed.pk)
    services.remind_due(now=before(moved, DAY))

    [mail] = Notice.objects.due(before(moved, DAY)).filter(recipient=rita)
    assert mail.expires_at == moved.starts_at


def test_who_has_finished_a_reminder_keeps_it_finished_at_the_next(meeting, rita):
    shift(meeting, -1)
    moved = Meeting.objects.get(pk=meeting.pk)
    services.remind_due(now=before(moved, DAY))
    finish(Notice.objects.get(recipient=rita), now=NOW)
    services.remind_due(now=before(moved, HOUR))

    assert len(open_to(rita)) == 1


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
