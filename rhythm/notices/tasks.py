"""Delivering what is due, and picking up what a dead worker left."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from rhythm.notices import services
from rhythm.notices.hints import hint
from rhythm.notices.models import Notice

# A tick hands out so many; the next tick, the rest.
SWEEP = 500


def tick() -> None:
    """Free what a dead worker held, then have everything delivered that is due.

    Safe to run at any time, any number of times: a hint claims before it sends.
    """
    services.reap()
    due = Notice.objects.due(timezone.now()).order_by("due_at", "pk")
    for pk in due.values_list("pk", flat=True)[:SWEEP]:
        hint(deliver, pk)


@shared_task
def deliver(notice_id: int) -> None:
    """Send one notice. Safe to run twice: only one run can claim it."""
    services.deliver(notice_id, now=timezone.now())
