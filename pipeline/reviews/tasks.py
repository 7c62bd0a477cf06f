"""Reviews by the clock: agendas are made, and reps asked for what is theirs."""

from __future__ import annotations

from celery import shared_task

from pipeline.reviews import services
from rhythm.calendar.models import Meeting
from rhythm.calendar.selectors.preparing import EVERY
from rhythm.notices.hints import hint
from rhythm.ticks.models import Tick
from rhythm.ticks.services import begins, time_of


def tick(begun: Tick) -> None:
    """Have the agendas made of the reviews that are to be prepared by now."""
    if not begins(begun, EVERY):
        return
    for meeting in services.to_prepare(begun.at):
        hint(prepare, meeting.pk, begun.pk)
    services.nudge_due(now=begun.at)


@shared_task
def prepare(meeting_id: int, tick_id: int | None = None) -> None:
    """Make one agenda. Safe to run twice: one that is there stays as it is."""
    meeting = Meeting.objects.filter(pk=meeting_id).first()
    if meeting is not None:
        services.prepare(meeting, now=time_of(tick_id))
