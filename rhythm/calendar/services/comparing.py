"""Meetings as their rules want them, beside those that are there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rhythm.calendar.models import Cadence, Meeting, MeetingState
from rhythm.calendar.selectors.ground import Ground
from rhythm.calendar.services.telling import Change
from rhythm.calendar.wanted import Occasion, Wanted

# What a rule may change of a meeting that is still planned.
WRITTEN = (
    *("state", "reason", "starts_at", "called_for", "planned_minutes", "time_zone"),
    *("chair", "deputy", "is_deputised", "kind", "title", "sequence", "version"),
    "reminded_minutes",
)


def compare(
    cadence: Cadence,
    wishes: Iterable[Wanted],
    known: list[Meeting],
    around: Ground,
    now: datetime,
) -> tuple[list[Meeting], list[Change]]:
    """Return the meetings to make, and what changes of those that are there."""
    there = {occasion(each): each for each in known}
    made, changes, unwanted = [], [], []
    for wish in wishes:
        meeting = there.pop(wish.occasion, None)
        if meeting is None:
            if not wish.is_away and _is_owed(cadence, wish, now):
                made.append(_made(cadence, wish))
        elif _is_away(meeting, wish, around):
            unwanted.append(meeting)
        elif change := _changed(meeting, cadence, wish, around, now):
            changes.append(change)
    cancelled = [
        _cancelled(each)
        for each in (*unwanted, *there.values())
        if each.state == MeetingState.PLANNED and each.starts_at > now
    ]
    return made, [*changes, *cancelled]


def occasion(meeting: Meeting) -> Occasion:
    """Return by what a meeting of a cadence is known."""
    assert meeting.key_on is not None  # what a cadence called has its day
    return meeting.key_on, meeting.team_id, meeting.person_id


def _is_away(meeting: Meeting, wish: Wanted, around: Ground) -> bool:
    """Return whether one of two is on leave when it is held.

    That is on the day to which a person moved it, with whom a person gave the chair.
    """
    if wish.person_id is None or not (meeting.is_moved or _is_handed_over(meeting)):
        return wish.is_away
    held = meeting if meeting.is_moved else wish
    day = _day(held.starts_at, held.time_zone)
    runner = around.deputy(wish.chair_id, day, unless=wish.person_id) or wish.chair_id
    if _is_handed_over(meeting):
        runner = meeting.deputy_id or runner
    return around.is_away(wish.person_id, day) or around.is_away(runner, day)


def _is_handed_over(meeting: Meeting) -> bool:
    """Return whether a person gave the chair to somebody: no rule takes it back."""
    return meeting.deputy_id is not None and not meeting.is_deputised


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _is_owed(cadence: Cadence, wish: Wanted, now: datetime) -> bool:
    """Return whether a meeting is to be there: ahead, or fallen due in a silence."""
    through = cadence.planned_through
    return wish.starts_at > now or (through is not None and wish.key > through)


def _made(cadence: Cadence, wish: Wanted) -> Meeting:
    return Meeting(
        cadence=cadence,
        key_on=wish.key,
        team_id=wish.team_id,
        person_id=wish.person_id,
        **_values(cadence, wish),
    )


def _changed(
    meeting: Meeting, cadence: Cadence, wish: Wanted, around: Ground, now: datetime
) -> Change | None:
    """Give a meeting that is ahead what its rule says now. None if it stays."""
    is_revived = meeting.state == MeetingState.CANCELLED and not meeting.reason
    if not (meeting.state == MeetingState.PLANNED or is_revived):
        return None
    if wish.starts_at <= now and (meeting.starts_at <= now or is_revived):
        return None
    values = _values(cadence, wish)
    if meeting.is_moved:
        del values["starts_at"], values["time_zone"], values["planned_minutes"]
        day = _day(meeting.starts_at, meeting.time_zone)
        deputy_id = around.deputy(wish.chair_id, day, unless=wish.person_id)
        values |= {"deputy_id": deputy_id, "is_deputised": deputy_id is not None}
    elif wish.starts_at <= now:
        # What is still to come today is not moved into the past.
        del values["starts_at"], values["time_zone"], values["called_for"]
    if _is_handed_over(meeting):
        del values["deputy_id"], values["is_deputised"]
    differing = {k: v for k, v in values.items() if getattr(meeting, k) != v}
    if not differing and not is_revived:
        return None
    was_at = None if is_revived else meeting.starts_at
    was_run_by = None if is_revived else meeting.deputy_id or meeting.chair_id
    meeting.state = MeetingState.PLANNED
    for name, value in differing.items():
        setattr(meeting, name, value)
    if "starts_at" in differing:
        meeting.reminded_minutes = None
    meeting.sequence += 1
    meeting.version += 1
    return Change(meeting, was_at, was_run_by=was_run_by)


def _values(cadence: Cadence, wish: Wanted) -> dict[str, object]:
    """Return what a meeting is while nobody has touched it."""
    return {
        "kind": cadence.kind,
        "title": cadence.title,
        "called_for": wish.starts_at,
        "starts_at": wish.starts_at,
        "planned_minutes": wish.minutes,
        "time_zone": wish.time_zone,
        "chair_id": wish.chair_id,
        "deputy_id": wish.deputy_id,
        "is_deputised": wish.deputy_id is not None,
    }


def _cancelled(meeting: Meeting) -> Change:
    meeting.state = MeetingState.CANCELLED
    meeting.reason = ""
    meeting.sequence += 1
    meeting.version += 1
    return Change(meeting, meeting.starts_at, is_cancelled=True)
