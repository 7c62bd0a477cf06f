"""Meetings outside the app, by the clock: invitations, and the pre-read."""

from __future__ import annotations

from celery import shared_task

from pipeline.meetings import services
from rhythm.calendar.selectors.preparing import EVERY
from rhythm.notices.hints import hint
from rhythm.ticks.models import Tick
from rhythm.ticks.services import begins, time_of


def tick(begun: Tick) -> None:
    """Have the pre-reads sent that are due, and invite.

    Both every few minutes: what is moved and moved back meanwhile makes no mail.
    """
    if not begins(begun, EVERY):
        return
    for meeting in services.to_preread(begun.at):
        hint(send_preread, meeting, begun.pk)
    services.invite(now=begun.at)


@shared_task
def send_preread(meeting_id: int, tick_id: int | None = None) -> None:
    """Send the pre-read of a meeting. Safe to run twice: it goes out once."""
    services.send_preread(meeting_id, now=time_of(tick_id))
