"""Who ticks when beat does not: every worker looks, and one of them stands in.

A worker whose hands are full takes up no tick for minutes, and its clock must not
stop meanwhile: it ticks by itself. One that has nothing to do sends the tick through
the broker, as beat does. So a worker that is alive and takes up nothing is seen: no
tick comes to its end.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from celery.worker import state
from django.conf import settings
from django.db import Error, connection, connections

if TYPE_CHECKING:
    from celery.worker import WorkController

# Of all workers, one at a time stands in.
LOCK = 7462011
# So many looks to a tick.
LOOKS = 3

log = logging.getLogger(__name__)


class StandIn:
    """Looks at the clock beside one worker's work, in a thread of its own."""

    def __init__(self, worker: WorkController) -> None:
        self.worker = worker
        self.stopping = threading.Event()
        # Tasks that this worker had taken up when it looked last.
        self.taken_up = 0
        # The last tick when this one stood in; None while another clock ticks.
        self.stood_in_after: int | None = None

    def start(self) -> None:
        """Look from now on, every now and then."""
        threading.Thread(target=self._run, name="stand-in", daemon=True).start()

    def stop(self, **_: object) -> None:
        """Look no more: the worker is about to end."""
        self.stopping.set()

    def _run(self) -> None:
        pause = settings.TICK_SECONDS / LOOKS
        while not self.stopping.wait(pause * random.uniform(0.75, 1.25)):  # noqa: S311
            try:
                self.look()
            except Error as error:
                log.warning("Nobody knows whether the clock ticks: %s", error)
            except Exception:
                log.exception("Standing in for the clock failed; it goes on looking")
            finally:
                # Nothing stays open while the pool makes new processes.
                connections.close_all()

    def look(self) -> None:
        """Tick, or have somebody tick, if the clock has been silent for too long."""
        is_working = self._is_working()
        with _alone() as alone:
            if not alone or not self._is_due():
                return
            log.warning("The clock is silent; this worker stands in for it")
            _tick(by_itself=is_working)

    def _is_due(self) -> bool:
        """Return whether a tick is missing, and remember who ticked the last time."""
        from rhythm.ticks.models import Tick  # noqa: PLC0415 (before apps are ready)
        from rhythm.ticks.selectors import beat, silence  # noqa: PLC0415

        last = Tick.objects.values_list("pk", flat=True).first() or 0
        mine = self.stood_in_after
        if mine is not None and last - mine > 1:
            # Somebody else ticks as well: beat is back, or another worker is faster.
            self.stood_in_after = mine = None
        patience = (
            silence() if mine is None else timedelta(seconds=settings.TICK_SECONDS)
        )
        age = beat().age
        if age is not None and age < patience:
            return False
        self.stood_in_after = last
        return True

    def _is_working(self) -> bool:
        """Return whether it takes up work: since the last look, or no hand is free."""
        before, self.taken_up = self.taken_up, state.all_total_count[0]
        hands: int = self.worker.pool.num_processes  # type: ignore[union-attr]
        return self.taken_up > before or len(state.active_requests) >= hands


@contextmanager
def _alone() -> Iterator[bool]:
    """Hold the lock of all who stand in, for the block. Yield False if another does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        found = bool(cursor.fetchone()[0])
    try:
        yield found
    finally:
        # With it goes the lock, whatever became of the connection.
        connection.close()


def _tick(*, by_itself: bool) -> None:
    from rhythm.clock import tick  # noqa: PLC0415 (before apps are ready)
    from rhythm.notices.hints import hint  # noqa: PLC0415

    if by_itself:
        tick()
    else:
        hint(tick.signature(expires=settings.TICK_SECONDS))
