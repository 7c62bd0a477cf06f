"""When the pre-read of a meeting goes out, and which mail it makes needless.

The morning of a meeting has one mail: what would be told by another one on the day of
the pre-read, by its reader's wall, stands in the app alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rhythm.calendar.models import Meeting, MeetingKind

PREREAD = "meetings.preread"
KINDS = (
    MeetingKind.PIPELINE_REVIEW,
    MeetingKind.TEAM_MEETING,
    MeetingKind.FORECAST_CALL,
    MeetingKind.EXECUTIVE_REVIEW,
)
# A review that no rule called has its pre-read so many hours before.
BY_HAND_HOURS = 2


def preread_at(meeting: Meeting) -> datetime | None:
    """Return when its pre-read goes out, None for a meeting without one.

    Its cadence is fetched along.
    """
    if meeting.kind not in KINDS:
        return None
    if meeting.cadence:
        hours = meeting.cadence.preread_hours
    else:
        hours = BY_HAND_HOURS if meeting.kind == MeetingKind.PIPELINE_REVIEW else 0
    return meeting.starts_at - timedelta(hours=hours) if hours else None


def is_preread_day(meeting: Meeting, moment: datetime, time_zone: str) -> bool:
    """Return whether the pre-read goes out on the day of `moment`, on that wall."""
    goes_out = preread_at(meeting)
    return goes_out is not None and _is_same_day(goes_out, moment, time_zone)


def is_reminded_in_app(meeting: Meeting, moment: datetime, time_zone: str) -> bool:
    """Return whether a reminder due at `moment` needs no mail of its own.

    That is on the day of the pre-read, and where one follows, on the day on which those
    who have something to prepare are asked for it.
    """
    cadence = meeting.cadence
    if cadence is None or preread_at(meeting) is None:
        return False
    if is_preread_day(meeting, moment, time_zone):
        return True
    asks = meeting.kind == MeetingKind.PIPELINE_REVIEW and cadence.prepare_hours > 0
    asked_at = meeting.starts_at - timedelta(hours=cadence.prepare_hours)
    return asks and _is_same_day(asked_at, moment, time_zone)


def _is_same_day(one: datetime, other: datetime, time_zone: str) -> bool:
    wall = ZoneInfo(time_zone)
    return one.astimezone(wall).date() == other.astimezone(wall).date()
