"""Work on imports in a worker. Rows are the queue: the tick finds what waits."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from pipeline.imports import work as imports
from pipeline.imports.models import ImportRun
from rhythm.notices.hints import hint


def tick() -> None:
    """Find imports that wait, or whose worker is lost, and have them worked on."""
    for pk in ImportRun.objects.claimable().order_by("pk").values_list("pk", flat=True):
        hint(work, pk)


@shared_task
def work(run_id: int) -> None:
    """Work on an import for some minutes; when there is more to do, go on later."""
    if imports.work(run_id, now=timezone.now()):
        hint(work, run_id)
