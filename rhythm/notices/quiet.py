"""When mail may reach somebody, and when the morning mail is due. Values in and out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# A morning mail makes no sense in the evening.
MORNING_LASTS = timedelta(hours=12)


def quiet_until(
    now: datetime, begins: time | None, ends: time | None, zone: str
) -> datetime | None:
    """Return when the quiet hours around `now` end, None outside of them.

    They may go over midnight. Without both ends there are none. By the wall in `zone`:
    an hour that the clocks skip ends with the skipping.
    """
    if begins is None or ends is None or begins == ends:
        return None
    wall = ZoneInfo(zone)
    today = now.astimezone(wall).date()
    # The ones that began yesterday may still last.
    for day in (today - timedelta(days=1), today):
        last = day if begins < ends else day + timedelta(days=1)
        start, end = _at(day, begins, wall), _at(last, ends, wall)
        if start <= now < end:
            return end
    return None


def morning(
    now: datetime, at: time, weekdays: Collection[int], zone: str
) -> date | None:
    """Return the local date whose morning mail is due at `now`, None if none is.

    weekdays are ISO: 1 is Monday. It is due from `at` on the wall, for MORNING_LASTS;
    the one of yesterday evening may be due after midnight.
    """
    wall = ZoneInfo(zone)
    today = now.astimezone(wall).date()
    for day in (today, today - timedelta(days=1)):
        begins = _at(day, at, wall)
        if day.isoweekday() in weekdays and begins <= now < begins + MORNING_LASTS:
            return day
    return None


def morning_ends(day: date, at: time, zone: str) -> datetime:
    """Return from when the morning mail of `day` makes no sense any more."""
    return _at(day, at, ZoneInfo(zone)) + MORNING_LASTS


def _at(day: date, hour: time, wall: ZoneInfo) -> datetime:
    """Return the instant of that wall clock; the first of two, after a gap its end."""
    # Twice through UTC: an hour that does not exist comes out as the one after it.
    return datetime.combine(day, hour, wall).astimezone(ZoneInfo("UTC"))
