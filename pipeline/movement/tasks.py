"""The nightly summaries, made by a worker. Rows are the queue."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from pipeline.movement import services
from rhythm.notices.hints import hint


def tick() -> None:
    """Have what is behind caught up with."""
    if services.is_behind(timezone.now()):
        hint(summarise)


@shared_task
def summarise() -> None:
    """Summarise yesterday and every day that was missed or has changed, bit by bit."""
    services.plan(now=timezone.now())
    if services.summarise():
        hint(summarise)
