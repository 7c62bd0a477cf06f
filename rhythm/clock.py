"""What happens by the clock, all of it in one place.

Beat has one entry: a tick every 30 seconds, which calls the ticks of the apps.
Two beats are harmless, and a tick that was missed is made up for by the next.
"""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils.module_loading import import_string

EVERY_SECONDS = 30
# Each looks at its own app's rows for what is due. None may rely on another.
TICKS = (
    "rhythm.notices.tasks.tick",
    "pipeline.movement.tasks.tick",
    "pipeline.imports.tasks.tick",
)
SCHEDULE = {
    "tick": {
        "task": "rhythm.clock.tick",
        "schedule": EVERY_SECONDS,
        # After an outage one tick is enough: the older ones are dropped.
        "options": {"expires": EVERY_SECONDS},
    }
}

log = logging.getLogger(__name__)


@shared_task
def tick() -> None:
    """Call every app's tick. One that fails does not stop the others."""
    call_all(TICKS)


def call_all(names: tuple[str, ...]) -> None:
    """Call the functions of the given dotted `names`, and log those that fail."""
    for name in names:
        try:
            import_string(name)()
        except Exception:
            log.exception("%s failed; the others go on", name)
