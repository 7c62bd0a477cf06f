"""Meetings by the clock: blocks frozen, huddles in writing asked for and closed."""

from __future__ import annotations

from celery import shared_task

from pipeline.runner import services
from pipeline.runner.rooms import is_in_writing
from rhythm.calendar.models import Meeting, MeetingState
from rhythm.calendar.selectors.preparing import EVERY
from rhythm.notices.hints import hint
from rhythm.ticks.models import Tick
from rhythm.ticks.services import begins, time_of


def tick(begun: Tick) -> None:
    """Have made the blocks that are to be, and close what is to be closed.

    What is called off asks for nothing any more, after a few minutes: one that takes
    place again until then has asked all the while.
    """
    if begins(begun, EVERY):
        services.unask(now=begun.at)
        for meeting in services.to_prepare(begun.at):
            hint(prepare, meeting.pk, begun.pk)
    for meeting in services.to_close(begun.at):
        hint(close, meeting.pk, begun.pk)


@shared_task
def prepare(meeting_id: int, tick_id: int | None = None) -> None:
    """Make the blocks of one; of a huddle in writing, ask everybody.

    Safe to run twice: what is there stays as it is, and nobody is asked twice.
    """
    meeting = _meeting(meeting_id)
    if meeting is None or meeting.state != MeetingState.PLANNED:
        return
    if is_in_writing(meeting):
        services.ask(meeting, now=time_of(tick_id))
    else:
        services.prepare(meeting)


@shared_task
def close(meeting_id: int, tick_id: int | None = None) -> None:
    """Close a huddle in writing. Safe to run twice: one that is closed stays so."""
    meeting = _meeting(meeting_id)
    if meeting is not None:
        services.close(meeting, now=time_of(tick_id))


def _meeting(pk: int) -> Meeting | None:
    return Meeting.objects.select_related("cadence").filter(pk=pk).first()
