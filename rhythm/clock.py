"""What happens by the clock, all of it in one place.

Beat has one entry: a tick every 30 seconds, which calls the ticks of the apps.
Two beats are harmless, and a tick that was missed is made up for by the next.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from celery import shared_task
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from rhythm.ticks.models import Tick

EVERY_SECONDS = 30
# Each looks at its own app's rows for what is due by the time of the tick that it is
# given. None may rely on another.
TICKS = (
    "rhythm.calendar.tasks.tick",
    "rhythm.commitments.tasks.tick",
    "rhythm.notices.tasks.tick",
    "pipeline.meetings.tasks.tick",
    "pipeline.accounts.tasks.tick",
    "pipeline.reviews.tasks.tick",
    "pipeline.runner.tasks.tick",
    "pipeline.movement.tasks.tick",
    "pipeline.imports.tasks.tick",
    "scorecards.discipline.tasks.tick",
)
TICK = "rhythm.clock.tick"

log = logging.getLogger(__name__)


def schedule(every_seconds: float = EVERY_SECONDS) -> dict[str, dict[str, object]]:
    """Return the one entry of Celery beat."""
    return {
        "tick": {
            "task": TICK,
            "schedule": every_seconds,
            # After an outage one tick is enough: the older ones are dropped.
            "options": {"expires": every_seconds},
        }
    }


@shared_task
def tick() -> None:
    """Call every app's tick. One that fails does not stop the others."""
    # The settings read this file, and models need settings.
    from rhythm.ticks import services  # noqa: PLC0415

    begun = services.begin()
    services.finish(begun, failed=call_all(TICKS, begun))


def call_all(names: tuple[str, ...], begun: Tick) -> list[str]:
    """Call the functions of the given dotted `names` with the tick that has begun.

    Those that fail are logged. Returns their names.
    """
    failed = []
    for name in names:
        try:
            import_string(name)(begun)
        except Exception:
            log.exception("%s failed; the others go on", name)
            failed.append(name)
    return failed
