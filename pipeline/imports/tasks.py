"""Work on imports in a worker. Rows are the queue: the tick finds what waits."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from pipeline.imports import deliveries
from pipeline.imports import work as imports
from pipeline.imports.automatic import go_on
from pipeline.imports.models import ImportRun
from rhythm.notices.hints import hint
from rhythm.ticks.models import Tick


def tick(begun: Tick) -> None:
    """Look for delivered files, and for imports that wait or lost their worker."""
    deliveries.scan(begun.at)
    for pk in ImportRun.objects.claimable().order_by("pk").values_list("pk", flat=True):
        hint(work, pk)


@shared_task
def work(run_id: int) -> None:
    """Work on an import for some minutes; when there is more to do, go on later."""
    now = timezone.now()
    is_more = imports.work(run_id, now=now)
    if not is_more:
        run = ImportRun.objects.filter(pk=run_id, is_automatic=True).first()
        is_more = run is not None and go_on(run, now)
    if is_more:
        hint(work, run_id)
