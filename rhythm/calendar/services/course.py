"""The course of a meeting, whatever it goes through: its clock, its place, its chair.

The course's row is locked first, always; so two changes of one meeting wait for each
other and never block each other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from rhythm.calendar.models import (
    BEFORE_ITS_END,
    IN_PROGRESS,
    Meeting,
    MeetingState,
    Timed,
)
from rhythm.calendar.services import holding
from rhythm.calendar.services.locking import enter, require
from rhythm.people.access import require_editable
from rhythm.people.models import User

# What start_clock and stop_clock set, and what move_to does.
CLOCK = ("elapsed_seconds", "running_since", "current_since")
PLACE = ("current_item", "current_since")


def locked[T: Timed](
    course: T | type[T], pk: int | None = None, *, with_meeting: bool = False
) -> T:
    """Return a course, or the one of that key, locked until the transaction ends.

    with_meeting also locks its meeting, after it, for whoever saves that. Two queries.
    """
    kind: Any = course if isinstance(course, type) else type(course)
    key = pk if isinstance(course, type) else course.pk
    rows = kind.objects.select_for_update(of=("self",))
    if with_meeting:
        rows = kind.objects.select_for_update(of=("self", "meeting"))
        rows = rows.select_related("meeting")
    current: T = rows.get(pk=key)
    # Read after the wait: what a locking query joins is as old as its beginning.
    current.meeting = Meeting.objects.select_related(
        "chair", "deputy", "team", "person", "cadence"
    ).get(pk=current.meeting_id)
    return current


def require_runner[T: Timed](course: T, by: User, *states: MeetingState) -> T:
    """Return the course if `by` runs it, and its meeting is in one of `states`.

    Raises PermissionDenied, Http404 for what `by` may not even see, or ValidationError
    about the state.
    """
    if not by.is_active:
        raise PermissionDenied
    if course.meeting.runner != by:
        kind: Any = type(course)
        require_editable(kind.objects, by, course.pk)
    if states:
        require(course.meeting, *states)
    return course


def beat(course: Timed, *fields: str, item: models.Model | None = None) -> None:
    """Save `fields` of a locked course and let those who follow along know.

    item is the one that changed, if only one did, and they ask for that.
    """
    course.pulse += 1
    course.save(update_fields=["pulse", *fields])
    if item is not None:
        kind: Any = type(item)
        kind.objects.filter(pk=item.pk).update(beat=course.pulse)


def start_clock(course: Timed, now: datetime) -> None:
    """Let the clock run from `now`; the caller saves CLOCK."""
    course.running_since = course.current_since = now


def stop_clock(course: Timed, now: datetime, **left: Any) -> None:
    """Let the clock rest from `now`; the caller saves CLOCK.

    left are values for the present part, where that is done.
    """
    _book(course, now, **left)
    course.elapsed_seconds = course.seconds_at(now)
    course.running_since = course.current_since = None


def move_to(course: Timed, item_id: int | None, now: datetime, **left: Any) -> None:
    """Put the time at the present part on its account, and go to another one.

    left are values for the part that is left. The caller saves PLACE.
    """
    _book(course, now, **left)
    course.current_item_id = item_id
    course.current_since = now if course.running_since else None


def _book(course: Timed, now: datetime, **left: Any) -> None:
    if course.current_since:
        seconds = max(int((now - course.current_since).total_seconds()), 0)
        left["seconds"] = F("seconds") + seconds
    if course.current_item_id and left:
        course.present().update(**left)


@transaction.atomic
def go_to[T: Timed](course: T, item_id: int, *, by: User, now: datetime) -> T:
    """Note that the chair is at this part now; those who follow along go there too."""
    course = require_runner(locked(course), by)
    if course.meeting.state in IN_PROGRESS and course.current_item_id != item_id:
        move_to(course, item_id, now)
        beat(course, *PLACE)
    return course


@transaction.atomic
def pause[T: Timed](course: T, *, by: User, now: datetime) -> T:
    """Let the clock rest. A meeting that rests already stays as it is."""
    course = require_runner(locked(course, with_meeting=True), by, *IN_PROGRESS)
    if course.meeting.state != MeetingState.PAUSED:
        course.meeting = enter(course.meeting, MeetingState.PAUSED)
        stop_clock(course, now)
        beat(course, *CLOCK)
    return course


@transaction.atomic
def resume[T: Timed](course: T, *, by: User, now: datetime) -> T:
    """Let the clock go on. A meeting that runs already stays as it is."""
    course = require_runner(locked(course, with_meeting=True), by, *IN_PROGRESS)
    if course.meeting.state != MeetingState.RUNNING:
        course.meeting = enter(course.meeting, MeetingState.RUNNING)
        start_clock(course, now)
        beat(course, *CLOCK)
    return course


@transaction.atomic
def abandon[T: Timed](course: T, reason: str, *, by: User, now: datetime) -> T:
    """End a meeting before its end. What was said stays; nothing of it is sent.

    Raises ValidationError without a reason.
    """
    course = require_runner(locked(course), by)
    if course.meeting.state == MeetingState.ABANDONED:
        return course
    require(course.meeting, *BEFORE_ITS_END)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it ends here.")})
    course.abandon_reason = reason.strip()
    course.clean_fields(exclude=_all_but(course, "abandon_reason"))
    course.meeting = holding.abandon(course.meeting, now=now)
    stop_clock(course, now)
    beat(course, "abandon_reason", *CLOCK)
    return course


@transaction.atomic
def hand_over[T: Timed](course: T, *, to: User, by: User) -> T:
    """Give the chair to somebody, who then sees and decides all of it."""
    course = require_runner(locked(course), by, *BEFORE_ITS_END)
    if course.meeting.runner != to:
        course.meeting = holding.hand_over(course.meeting, to=to)
        beat(course)
    return course


@transaction.atomic
def claim[T: Timed](course: T, *, by: User) -> T:
    """Take the chair from somebody who cannot go on, or whom `by` leads.

    Raises PermissionDenied if `by` may not.
    """
    course = locked(course)
    if course.meeting.runner == by:
        return course
    if not Meeting.objects.claimable_by(by).filter(pk=course.meeting_id).exists():
        raise PermissionDenied
    course.meeting = holding.hand_over(course.meeting, to=by)
    beat(course)
    return course


def _all_but(record: models.Model, *names: str) -> set[str]:
    return {field.name for field in record._meta.fields} - set(names)
