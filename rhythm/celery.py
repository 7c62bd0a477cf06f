"""The worker's and beat's entry point."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rhythm.settings")
# A statement of a background task may take as long as the task itself.
os.environ.setdefault("RHYTHM_STATEMENT_SECONDS", "540")

app = Celery("rhythm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def watch_the_clock(sender: Any, **_: object) -> None:
    """Have the worker stand in for beat when it does not tick."""
    # Pages, which import this file as well, have no worker.
    from rhythm.standin import StandIn  # noqa: PLC0415

    stand_in = StandIn(sender.controller)
    worker_shutting_down.connect(stand_in.stop, weak=False)
    stand_in.start()
