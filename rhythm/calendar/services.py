"""Changes to meetings: made by hand for now, begun, rested, ended, handed over."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rhythm.calendar.models import (
    BEFORE_ITS_END,
    IN_PROGRESS,
    Meeting,
    MeetingKind,
    MeetingState,
)
from rhythm.people.models import Team, User


def make_meeting(
    *,
    kind: MeetingKind,
    subject: Team | User,
    chair: User,
    starts_at: datetime,
    minutes: int,
) -> Meeting:
    """Return a new planned meeting of `chair` with a team, or with a person.

    Raises ValidationError when `minutes` is out of range.
    """
    meeting = Meeting(
        kind=kind,
        team=subject if isinstance(subject, Team) else None,
        person=subject if isinstance(subject, User) else None,
        chair=chair,
        starts_at=starts_at,
        planned_minutes=minutes,
    )
    meeting.clean_fields()
    meeting.save()
    return meeting


@transaction.atomic
def start(meeting: Meeting, *, now: datetime) -> Meeting:
    """Begin a planned meeting. One that runs already stays as it is."""
    meeting = locked(meeting)
    if meeting.state == MeetingState.RUNNING:
        return meeting
    _require(meeting, MeetingState.PLANNED)
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
    meeting.version += 1
    meeting.save(update_fields=["deputy", "version"])
    return meeting


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
