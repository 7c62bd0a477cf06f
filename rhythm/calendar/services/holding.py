"""How a meeting goes: begun, ended, missed, held elsewhere, handed over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from rhythm.calendar.models import (
    BEFORE_ITS_END,
    GRACE,
    IN_PROGRESS,
    STARTABLE,
    Meeting,
    MeetingState,
)
from rhythm.calendar.services.locking import all_but, enter, locked, require
from rhythm.people.models import User
from rhythm.web.versions import check_version


@transaction.atomic
def start(meeting: Meeting, *, now: datetime) -> Meeting:
    """Begin a planned meeting, or late, one that was missed.

    One that runs already stays as it is.
    """
    meeting = locked(meeting)
    if meeting.state == MeetingState.RUNNING:
        return meeting
    require(meeting, *STARTABLE)
    meeting.started_at = now
    return enter(meeting, MeetingState.RUNNING, "started_at")


@transaction.atomic
def hold(meeting: Meeting, *, now: datetime) -> Meeting:
    """End a meeting that took place. One that was held already stays as it is."""
    meeting = locked(meeting)
    if meeting.state == MeetingState.HELD:
        return meeting
    require(meeting, *IN_PROGRESS)
    meeting.ended_at = _end(meeting, now)
    return enter(meeting, MeetingState.HELD, "ended_at")


@transaction.atomic
def abandon(meeting: Meeting, *, now: datetime) -> Meeting:
    """End a meeting that did not come to its end, or never began."""
    meeting = locked(meeting)
    if meeting.state == MeetingState.ABANDONED:
        return meeting
    require(meeting, *BEFORE_ITS_END)
    meeting.ended_at = _end(meeting, now)
    return enter(meeting, MeetingState.ABANDONED, "ended_at")


def _end(meeting: Meeting, now: datetime) -> datetime:
    """Return when it ended: of two machines' clocks one may be behind."""
    return max(now, meeting.started_at or now)


@transaction.atomic
def hand_over(meeting: Meeting, *, to: User) -> Meeting:
    """Give the chair of a meeting that has not ended to `to`, as its deputy.

    Handing it back to the chair leaves it without a deputy.
    """
    meeting = locked(meeting)
    require(meeting, *BEFORE_ITS_END)
    if not (to.is_active and to.email):
        raise ValidationError(
            _("%(name)s cannot sign in."), params={"name": to}, code="deputy"
        )
    meeting.deputy = None if to == meeting.chair else to
    meeting.is_deputised = False
    meeting.version += 1
    meeting.save(update_fields=["deputy", "is_deputised", "version"])
    return meeting


@transaction.atomic
def record_outside(
    meeting: Meeting,
    started_at: datetime,
    *,
    notes: str,
    now: datetime,
    shown_version: int | None,
) -> Meeting:
    """Write down that a meeting was held elsewhere, when, and what came of it.

    It counts apart; one held after its end and GRACE counts as late, too.

    Raises Conflict, and ValidationError beside `on` for a meeting, or a time, that is
    still to come.
    """
    meeting = locked(meeting)
    check_version(meeting, shown_version)
    require(meeting, *STARTABLE)
    if meeting.starts_at > now:
        message = _(
            "This meeting has not begun, so it was not held yet. If it was held early, "
            "move it to that time first."
        )
        raise ValidationError({"on": message})
    if started_at > now:
        message = _("This is still to come. Say when it was held.")
        raise ValidationError({"on": message})
    if started_at > meeting.ends_at + GRACE:
        meeting.missed_at = meeting.missed_at or meeting.ends_at + GRACE
    elif meeting.missed_at and meeting.missed_at > meeting.starts_at:
        # Nobody had said so in time. What was missed before it was moved stays late.
        meeting.missed_at = None
    meeting.started_at = started_at
    meeting.ended_at = started_at + timedelta(minutes=meeting.planned_minutes)
    meeting.notes, meeting.is_outside = notes.strip(), True
    meeting.clean_fields(exclude=all_but(["notes"]))
    return enter(
        meeting,
        MeetingState.HELD,
        *("missed_at", "started_at", "ended_at", "notes", "is_outside"),
    )


@transaction.atomic
def close_in_writing(meeting: Meeting, *, is_held: bool, now: datetime) -> Meeting:
    """End a huddle in writing at its hour: held, or missed if nobody answered.

    It was held at its hour, however late the clock noticed. One that is not planned any
    more stays as it is.
    """
    meeting = locked(meeting)
    if meeting.state != MeetingState.PLANNED:
        return meeting
    if not is_held:
        meeting.missed_at = now
        return enter(meeting, MeetingState.MISSED, "missed_at")
    meeting.started_at = meeting.ended_at = meeting.starts_at
    return enter(meeting, MeetingState.HELD, "started_at", "ended_at")


def mark_missed(*, now: datetime) -> list[int]:
    """Have what nobody began by its end and GRACE be missed; return the ids.

    Safe to run at any time, any number of times. Two statements.
    """
    overdue = Meeting.objects.to_be_missed(now).order_by("pk")
    with transaction.atomic():
        found = list(
            overdue.select_for_update(of=("self",), skip_locked=True).values_list(
                "pk", flat=True
            )
        )
        if found:
            Meeting.objects.filter(pk__in=found).update(
                state=MeetingState.MISSED, missed_at=now, version=F("version") + 1
            )
    return found


@transaction.atomic
def hand_over_all(leaver: User, heir: User) -> int:
    """Give `heir` the chair of all meetings of `leaver` that can still be held.

    What was missed is among them. Where the leaver only stood in, the chair gets it
    back. Returns how many there were.
    """
    meetings = list(
        Meeting.objects.select_for_update(of=("self",))
        .filter(state__in=(*STARTABLE, *IN_PROGRESS))
        .filter(Q(chair=leaver) | Q(deputy=leaver))
        .order_by("pk")
    )
    for meeting in meetings:
        if meeting.deputy_id == leaver.pk:
            meeting.deputy = None
        if meeting.chair_id == leaver.pk:
            meeting.chair = heir
        if meeting.deputy_id == meeting.chair_id:
            meeting.deputy = None
        meeting.version += 1
        meeting.save(update_fields=["chair", "deputy", "version"])
    return len(meetings)
