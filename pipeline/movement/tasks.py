"""The nightly summaries, made by a worker. Rows are the queue."""

from __future__ import annotations

from celery import shared_task

from pipeline.movement import services
from rhythm.notices.hints import hint
from rhythm.ticks.models import Tick
from rhythm.ticks.services import time_of


def tick(begun: Tick) -> None:
    """Have what is behind caught up with."""
    if services.is_behind(begun.at):
        hint(summarise, begun.pk)


@shared_task
def summarise(tick_id: int | None = None) -> None:
    """Summarise yesterday and every day that was missed or has changed, bit by bit."""
    services.plan(now=time_of(tick_id))
    if services.summarise():
        hint(summarise, tick_id)
