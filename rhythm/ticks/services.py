"""Beginning and ending a tick, and the time that it carries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from rhythm.ticks.models import Tick

# Long enough to look back at a bad weekend; 20,000 rows.
KEPT = timedelta(days=7)
# Of two ticks that begin together, one waits until the other has its time.
LOCK = 7462010


@transaction.atomic
def begin() -> Tick:
    """Return a new tick. Its time is now, or the next of the simulated clock.

    A simulated clock goes one step with every tick, whoever calls it, so that a week
    passes in minutes. Also removes ticks older than KEPT.
    """
    Tick.objects.filter(started_at__lt=Now() - KEPT).delete()
    if settings.SIMULATED_CLOCK is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = Tick.objects.values_list("at", flat=True).first()
    return Tick.objects.create(at=_next_time(last), previous_at=last)


def finish(tick: Tick, *, failed: Sequence[str] = ()) -> None:
    """Note that the tick came to its end, and which ticks of apps failed."""
    tick.failed = [each[:100] for each in failed]
    Tick.objects.filter(pk=tick.pk).update(finished_at=Now(), failed=tick.failed)


def begins(tick: Tick, every: timedelta) -> bool:
    """Return whether the tick is the first of its five minutes, quarter of an hour, ….

    For what need not be looked at with every tick. Costs no query.
    """
    before, seconds = tick.previous_at, every.total_seconds()
    return (
        before is None
        or before.timestamp() // seconds != tick.at.timestamp() // seconds
    )


def time_of(tick_id: int | None) -> datetime:
    """Return the time that a task works by: its tick's, or now without one.

    Now, too, where the tick is so old that it was removed.
    """
    known = Tick.objects.filter(pk=tick_id) if tick_id else Tick.objects.none()
    return known.values_list("at", flat=True).first() or timezone.now()


def _next_time(last: datetime | None) -> datetime:
    simulated = settings.SIMULATED_CLOCK
    if simulated is None:
        return timezone.now()
    begins_at: datetime = simulated.begins_at
    return max(last + simulated.step, begins_at) if last else begins_at
