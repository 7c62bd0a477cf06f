"""What is changed and changed again within minutes is told once, as it stands."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from pipeline.meetings import tasks
from pipeline.meetings.services import invite
from rhythm.calendar import services
from rhythm.calendar.models import Meeting
from rhythm.notices.models import Wishes
from tests.factories.ticks import TickFactory
from tests.meetings.invited import DAY, NOW, has_server, meeting, sent, to

__all__ = ["has_server", "meeting"]

pytestmark = pytest.mark.django_db


def look(minutes):
    tasks.tick(TickFactory(at=NOW + timedelta(minutes=minutes)))


def skip(meeting):
    services.skip(meeting, "Nobody is here", shown_version=None)


def call_again(meeting):
    services.call_again(meeting, shown_version=None)


def move(meeting, hours):
    at = NOW + 2 * DAY + timedelta(hours=hours)
    services.move(meeting, at, minutes=45, shown_version=None)


def test_skipped_and_called_again_over_and_over_tells_nobody(meeting):
    look(0)
    for minutes in range(1, 60, 8):
        skip(meeting)
        look(minutes + 4)
        call_again(meeting)
        look(minutes + 8)
    look(70)

    assert len(sent()) == 2


def test_moved_again_and_again_the_last_time_is_told_once(meeting, rita):
    look(0)
    for hours in range(1, 9):
        move(meeting, hours)
        look(hours * 5)
    look(45)

    assert [each[0] for each in to(rita)] == ["REQUEST", "REQUEST"]
    assert sent()[-1].subject.startswith("New time: ")
    # In Berlin, where it was at seven.
    assert "15:00" in sent()[-1].subject


def test_what_begins_soon_is_told_at_the_first_look(meeting, rita):
    Meeting.objects.update(starts_at=NOW + timedelta(hours=1))
    look(0)
    skip(meeting)
    look(5)

    assert [each[0] for each in to(rita)] == ["REQUEST", "CANCEL"]


def test_in_quiet_hours_nothing_is_told_and_then_what_came_of_them(meeting, lena, rita):
    invite(now=NOW)
    # In Berlin, from eight to nine.
    Wishes.objects.create(user=rita, quiet_from=time(8), quiet_to=time(9))
    skip(meeting)
    look(65)
    look(70)
    assert [each[0] for each in to(lena)] == ["REQUEST", "CANCEL"]
    call_again(meeting)
    look(125)
    look(130)

    assert [each[0] for each in to(rita)] == ["REQUEST"]
