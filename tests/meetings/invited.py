"""A meeting to which people are invited by mail, and what the mails say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from pipeline.meetings.services import invite
from rhythm.calendar.models import Meeting, MeetingKind
from rhythm.notices.models import Notice
from rhythm.people.models import User
from tests.factories.meetings import MeetingFactory

# A Monday.
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KIND = "meetings.invitation"


@pytest.fixture
def has_server(settings: Any) -> None:
    settings.HAS_MAIL_SERVER = True


@pytest.fixture
def meeting(db, has_server, central, lena, rita) -> Meeting:
    return MeetingFactory(
        kind=MeetingKind.TEAM_MEETING,
        team=central,
        chair=lena,
        starts_at=NOW + 2 * DAY,
        notes="NOTES-CANARY",
    )


def invite_twice(now: datetime = NOW) -> int:
    """Look twice: what somebody has just changed is told when it stands."""
    return invite(now=now) + invite(now=now)


def sent() -> list[Notice]:
    return list(Notice.objects.filter(kind=KIND).order_by("pk"))


def to(person: User) -> list[tuple[str, int, str]]:
    """Return (method, sequence, status) of the mails to a person, in order."""
    return [
        (str(found["method"]), event["sequence"], str(event["status"]))
        for found, event in map(
            read, Notice.objects.filter(kind=KIND, recipient=person).order_by("pk")
        )
    ]


def read(notice: Notice) -> tuple[Calendar, Any]:
    found = Calendar.from_ical(notice.calendar)
    [event] = found.walk("VEVENT")
    return found, event
