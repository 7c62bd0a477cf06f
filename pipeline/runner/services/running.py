"""The course of a meeting: the blocks that it comes to, one after the other."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from pipeline.runner.models import Block, Run
from pipeline.runner.services.locking import locked_block
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
        _come_to(first, now)
    run.current_item = first
    if run.meeting.state == MeetingState.RUNNING:
        start_clock(run, now)
    beat(run, "current_item", *CLOCK)
    return run


@transaction.atomic
def go_to(block: Block, *, by: User, now: datetime) -> Run:
    """Come to a block; the one that it was at is done. Those who follow go there too.

    Where it is already nothing changes.
    """
    block = locked_block(block)
    run = require_runner(block.run, by, *IN_PROGRESS)
    if run.current_item_id == block.pk:
        return run
    _leave(run, now)
    _come_to(block, now)
    move_to(run, block.pk, now)
    beat(run, *PLACE)
    return run


@transaction.atomic
def abandon(run: Run, reason: str, *, by: User, now: datetime) -> Run:
    """End a meeting before its end. What was noted stays; no recap goes out.

    Raises ValidationError without a reason.
    """
    run = course.abandon(run, reason, by=by, now=now)
    _leave(run, now)
    run.current_item = None
    run.save(update_fields=["current_item"])
    return run


def end_course(run: Run, now: datetime) -> None:
    """Let the clock stop and the present block be done; the caller saves both."""
    stop_clock(run, now)
    _leave(run, now)
    run.current_item = None


def _come_to(block: Block, now: datetime) -> None:
    block.began_at = block.began_at or now
    block.ended_at = None
    block.save(update_fields=["began_at", "ended_at"])


def _leave(run: Run, now: datetime) -> None:
    # Of two machines' clocks one may be behind: no block ends before it began.
    run.present().update(ended_at=Greatest("began_at", Value(now)))
