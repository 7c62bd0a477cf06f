"""The course of a meeting: the blocks that it comes to, one after the other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce, Greatest

from pipeline.runner.models import Block, Run
from pipeline.runner.services.locking import gone
from pipeline.runner.services.preparing import prepare
from pipeline.runner.telling import tell_huddle
from rhythm.calendar import services as meetings
from rhythm.calendar.models import IN_PROGRESS, STARTABLE, Meeting, MeetingState
from rhythm.calendar.services import course
from rhythm.calendar.services.course import (
    CLOCK,
    PLACE,
    beat,
    locked,
    move_to,
    require_runner,
    start_clock,
    stop_clock,
)
from rhythm.calendar.services.locking import require
from rhythm.people.models import User


@transaction.atomic
def begin(meeting: Meeting, *, by: User, now: datetime) -> Run:
    """Begin a meeting, planned or missed, at its first block: what was promised.

    The team's channels hear of a huddle. One that runs already stays as it is.
    """
    run = require_runner(locked(prepare(meeting)), by)
    if run.meeting.state in IN_PROGRESS and run.current_item_id:
        return run
    require(run.meeting, *STARTABLE, *IN_PROGRESS)
    if run.meeting.state in STARTABLE:
        run.meeting = meetings.start(run.meeting, now=now)
        tell_huddle(run, now=now)
    first = Block.objects.filter(run=run).order_by("position", "pk").first()
    if first:
        _come_to(run, first.pk, now)
    run.current_item_id = first.pk if first else None
    if run.meeting.state == MeetingState.RUNNING:
        start_clock(run, now)
    beat(run, "current_item", *CLOCK)
    return run


@transaction.atomic
def go_to(block: Block, *, by: User, now: datetime) -> Run:
    """Come to a block; the one that it was at is done. Those who follow go there too.

    Where it is already nothing changes. Raises ValidationError if it was dropped.
    """
    run = require_runner(locked(Run, block.run_id), by, *IN_PROGRESS)
    if run.current_item_id == block.pk:
        return run
    if not _come_to(run, block.pk, now):
        raise gone()
    move_to(run, block.pk, now, **_left(now))
    beat(run, *PLACE)
    return run


@transaction.atomic
def abandon(run: Run, reason: str, *, by: User, now: datetime) -> Run:
    """End a meeting before its end. What was noted stays; no recap goes out.

    Raises ValidationError without a reason.
    """
    run = course.abandon(run, reason, by=by, now=now)
    run.present().update(**_left(now))
    run.current_item = None
    run.save(update_fields=["current_item"])
    return run


def end_course(run: Run, now: datetime) -> None:
    """Let the clock stop and the present block be done; the caller saves both."""
    stop_clock(run, now, **_left(now))
    run.current_item = None


def _come_to(run: Run, pk: int, now: datetime) -> bool:
    """Return whether there is such a block, which has begun now if not before."""
    block = Block.objects.filter(run=run, pk=pk)
    began_at = Coalesce("began_at", Value(now))
    return bool(block.update(began_at=began_at, ended_at=None))


def _left(now: datetime) -> dict[str, Any]:
    """Return what is to be saved of a block that the meeting leaves."""
    # Of two machines' clocks one may be behind: no block ends before it began.
    return {"ended_at": Greatest("began_at", Value(now))}
