"""Delivering what is due, and picking up what a dead worker left."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from rhythm.notices import services
from rhythm.notices.hints import hint
from rhythm.notices.models import Notice
from rhythm.ticks.models import Tick
from rhythm.ticks.services import begins, time_of

# So often inboxes are tidied.
TIDY_EVERY = timedelta(minutes=15)
# A tick hands out so many; the next tick, the rest.
SWEEP = 500


def tick(begun: Tick) -> None:
    """Free what a dead worker held, then have delivered what is due and not too late.

    Safe to run at any time, any number of times: a hint claims before it sends.
    """
    services.reap()
    is_busy = Notice.objects.waiting_for_a_tick(begun.at)
    if is_busy:
        services.expire(now=begun.at)
        services.arrive(now=begun.at)
        services.combine_late(now=begun.at)
    if services.send_digests(now=begun.at) or is_busy:
        _hand_out(begun)
    if begins(begun, TIDY_EVERY):
        services.put_away(now=begun.at)


def _hand_out(begun: Tick) -> None:
    due = Notice.objects.due(begun.at)
    mails = due.filter(channel=None).order_by("due_at", "pk")
    # Of each channel one: the others follow when it is through.
    for waiting in (mails, due.next_by_channel()):
        for pk in waiting.values_list("pk", flat=True)[:SWEEP]:
            hint(deliver, pk, begun.pk)


@shared_task
def deliver(notice_id: int, tick_id: int | None = None) -> None:
    """Send one notice. Safe to run twice: only one run can claim it."""
    now = time_of(tick_id)
    services.deliver(notice_id, now=now)
    following = services.next_to_the_same_channel(notice_id, now=now)
    if following:
        hint(deliver, following, tick_id)
