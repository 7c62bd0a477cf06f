"""The meetings behind a cell: of a leader, or of a cadence, in some weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models.functions import Coalesce

from pipeline.meetings.selectors import Status, named, status_of
from rhythm.people.models import Organisation, User
from rhythm.web import formats
from scorecards.discipline.selectors.kept import (
    WEEK,
    WEEKS,
    Tally,
    counts,
    due_between,
    led_meetings,
)

MOST = 100


@dataclass(frozen=True)
class MeetingRow:
    """A meeting that was due."""

    url: str
    title: str
    chair: str
    when: str
    status: Status
    reason: str


@dataclass(frozen=True)
class Behind:
    """The meetings behind a figure, the last first."""

    rows: Sequence[MeetingRow]
    more: int
    tally: Tally


def behind(
    viewer: User,
    *,
    leader: int | None,
    cadence: int | None,
    monday: date | None,
    now: datetime,
) -> Behind:
    """Return the ended meetings that the figures of `kept` count. Three queries.

    None leaves a side open; without a Monday they are those of all its weeks.
    """
    zone = ZoneInfo(Organisation.current().time_zone)
    today = now.astimezone(zone).date()
    this = today - timedelta(days=today.weekday())
    first = monday or this - WEEK * (WEEKS - 1)
    end = (monday or this) + WEEK
    due = due_between(led_meetings(viewer), first, end, zone)
    if leader is not None:
        due = due.filter(chair=leader)
    if cadence is not None:
        due = due.filter(cadence=cadence)
    figures = due.aggregate(**counts())
    found = list(
        named(due).order_by(Coalesce("called_for", "starts_at").desc(), "-pk")[:MOST]
    )
    own = ZoneInfo(viewer.time_zone)
    rows = [
        MeetingRow(
            url=each.get_absolute_url(),
            title=str(each),
            chair=each.runner.name,
            when=formats.day_clock(each.starts_at.astimezone(own), viewer.today(now)),
            status=status_of(each),
            reason=each.reason,
        )
        for each in found
    ]
    tally = Tally(**figures)
    return Behind(rows, max(tally.due + tally.skipped - MOST, 0), tally)
