"""Changes to one meeting: made, begun, ended, missed, left out, moved, handed over."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

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
    MeetingKind,
    MeetingState,
)
from rhythm.people.models import Team, User
from rhythm.web.saving import save_once
from rhythm.web.versions import check_version


def make_meeting(
    *,
    kind: MeetingKind,
    subject: Team | User,
    chair: User,
    starts_at: datetime,
    minutes: int,
    title: str = "",
    time_zone: str = "UTC",
    submission_key: UUID | None = None,
) -> Meeting:
    """Return a new planned meeting of `chair` with a team, or with a person.

    The same form sent twice makes one. Raises ValidationError when `minutes` is out of
    range.
    """
    meeting = Meeting(
        kind=kind,
        team=subject if isinstance(subject, Team) else None,
        person=subject if isinstance(subject, User) else None,
        chair=chair,
        starts_at=starts_at,
        planned_minutes=minutes,
        title=title,
        time_zone=time_zone,
        submission_key=submission_key,
    )
    meeting.clean_fields()
    return save_once(meeting, submission_key)[0]


@transaction.atomic
def start(meeting: Meeting, *, now: datetime) -> Meeting:
    """Begin a planned meeting, or late, one that was missed.

    One that runs already stays as it is.
    """
    meeting = locked(meeting)
    if meeting.state == MeetingState.RUNNING:
        return meeting
    _require(meeting, *STARTABLE)
    meeting.started_at = now
    return _set(meeting, MeetingState.RUNNING, "started_at")


@transaction.atomic
def pause(meeting: Meeting) -> Meeting:
    """Let a running meeting rest. One that rests already stays as it is."""
    meeting = locked(meeting)
    _require(meeting, *IN_PROGRESS)
    return _set(meeting, MeetingState.PAUSED)


@transaction.atomic
def resume(meeting: Meeting) -> Meeting:
    """Go on with a meeting that rests. One that runs already stays as it is."""
    meeting = locked(meeting)
    _require(meeting, *IN_PROGRESS)
    return _set(meeting, MeetingState.RUNNING)


@transaction.atomic
def hold(meeting: Meeting, *, now: datetime) -> Meeting:
    """End a meeting that took place. One that was held already stays as it is."""
    meeting = locked(meeting)
    if meeting.state == MeetingState.HELD:
        return meeting
    _require(meeting, *IN_PROGRESS)
    meeting.ended_at = now
    return _set(meeting, MeetingState.HELD, "ended_at")


@transaction.atomic
def abandon(meeting: Meeting, *, now: datetime) -> Meeting:
    """End a meeting that did not come to its end, or never began."""
    meeting = locked(meeting)
    if meeting.state == MeetingState.ABANDONED:
        return meeting
    _require(meeting, *BEFORE_ITS_END)
    meeting.ended_at = now
    return _set(meeting, MeetingState.ABANDONED, "ended_at")


@transaction.atomic
def hand_over(meeting: Meeting, *, to: User) -> Meeting:
    """Give the chair of a meeting that has not ended to `to`, as its deputy.

    Handing it back to the chair leaves it without a deputy.
    """
    meeting = locked(meeting)
    _require(meeting, *BEFORE_ITS_END)
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
def skip(meeting: Meeting, reason: str, *, shown_version: int | None) -> Meeting:
    """Leave out a meeting that nobody has begun, and say why. It is not missed then.

    Raises Conflict, and ValidationError without a reason.
    """
    return _drop(meeting, MeetingState.SKIPPED, reason, shown_version)


@transaction.atomic
def cancel(meeting: Meeting, reason: str, *, shown_version: int | None) -> Meeting:
    """Call off a meeting that nobody has begun: it was never owed. Say why.

    Raises Conflict, and ValidationError without a reason.
    """
    return _drop(meeting, MeetingState.CANCELLED, reason, shown_version)


@transaction.atomic
def call_again(meeting: Meeting, *, shown_version: int | None) -> Meeting:
    """Have a meeting that was skipped or cancelled be planned again.

    One whose time is over is missed at the next tick, and may be held late.
    """
    meeting = locked(meeting)
    check_version(meeting, shown_version)
    _require(meeting, MeetingState.SKIPPED, MeetingState.CANCELLED)
    meeting.reason = ""
    meeting.sequence += 1
    return _set(meeting, MeetingState.PLANNED, "reason", "sequence")


@transaction.atomic
def move(
    meeting: Meeting,
    starts_at: datetime,
    *,
    minutes: int,
    reason: str = "",
    shown_version: int | None,
) -> Meeting:
    """Give a meeting that nobody has begun another time. Its rule leaves it alone then.

    Raises Conflict, and ValidationError for a length that is out of range.
    """
    meeting = locked(meeting)
    check_version(meeting, shown_version)
    _require(meeting, *STARTABLE)
    if (meeting.starts_at, meeting.planned_minutes) == (starts_at, minutes):
        return meeting
    meeting.starts_at, meeting.planned_minutes = starts_at, minutes
    meeting.reason, meeting.is_moved = reason.strip(), True
    meeting.missed_at = meeting.reminded_minutes = None
    meeting.state = MeetingState.PLANNED
    meeting.sequence += 1
    meeting.version += 1
    fields = ["starts_at", "planned_minutes", "reason"]
    meeting.clean_fields(exclude=_all_but(fields))
    meeting.save(
        update_fields=[
            *fields,
            *("is_moved", "missed_at", "reminded_minutes"),
            *("state", "sequence", "version"),
        ]
    )
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

    Raises Conflict, and ValidationError for a time that is still to come.
    """
    meeting = locked(meeting)
    check_version(meeting, shown_version)
    _require(meeting, *STARTABLE)
    if started_at > now:
        raise ValidationError(_("This is still to come."), code="when")
    if started_at > meeting.ends_at + GRACE:
        meeting.missed_at = meeting.missed_at or meeting.ends_at + GRACE
    else:
        meeting.missed_at = None
    meeting.started_at = started_at
    meeting.ended_at = started_at + timedelta(minutes=meeting.planned_minutes)
    meeting.notes, meeting.is_outside = notes.strip(), True
    meeting.clean_fields(exclude=_all_but(["notes"]))
    return _set(
        meeting,
        MeetingState.HELD,
        *("missed_at", "started_at", "ended_at", "notes", "is_outside"),
    )


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


def _drop(
    meeting: Meeting, state: MeetingState, reason: str, shown_version: int | None
) -> Meeting:
    meeting = locked(meeting)
    if meeting.state == state:
        return meeting
    check_version(meeting, shown_version)
    _require(meeting, *STARTABLE)
    if not reason.strip():
        raise ValidationError(_("Say why."), code="reason")
    meeting.reason = reason.strip()
    meeting.clean_fields(exclude=_all_but(["reason"]))
    meeting.sequence += 1
    return _set(meeting, state, "reason", "sequence")


def _all_but(names: list[str]) -> list[str]:
    return [each.name for each in Meeting._meta.fields if each.name not in names]


def locked(meeting: Meeting) -> Meeting:
    """Return the meeting read again under its row's lock."""
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    # Read after the wait: what a locking query joins is as old as its beginning.
    return Meeting.objects.select_related("chair", "deputy", "team", "person").get(
        pk=meeting.pk
    )


def _require(meeting: Meeting, *states: MeetingState) -> None:
    if meeting.state not in states:
        raise ValidationError(
            _("This meeting is %(state)s."),
            params={"state": MeetingState(meeting.state).label.lower()},
            code="state",
        )


def _set(meeting: Meeting, state: MeetingState, *fields: str) -> Meeting:
    if meeting.state != state:
        meeting.state = state
        meeting.version += 1
        meeting.save(update_fields=["state", "version", *fields])
    return meeting


@transaction.atomic
def hand_over_all(leaver: User, heir: User) -> int:
    """Give `heir` the chair of all meetings of `leaver` that have not ended.

    Where the leaver only stood in, the chair gets it back. Returns how many there were.
    """
    meetings = list(
        Meeting.objects.select_for_update(of=("self",))
        .filter(state__in=BEFORE_ITS_END)
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
