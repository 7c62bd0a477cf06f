"""Whether the clock ticks: asked by probes, by pages, and by whoever stands in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import ExpressionWrapper, F, fields
from django.db.models.functions import Now

from rhythm.ticks.models import Tick

# So many ticks may be missing before the clock counts as silent: 90 s by default.
MISSED = 3
# So many ticks are looked through for those of apps that failed: ten minutes.
RECENT = 20


@dataclass(frozen=True)
class Beat:
    """When the clock last ticked, by the database's clock, and what failed lately."""

    # None: it has never come to the end of a tick.
    finished_at: datetime | None = None
    age: timedelta | None = None
    # The time that the last tick carried.
    at: datetime | None = None
    # The names of those ticks of apps that failed the last time.
    failed: tuple[str, ...] = ()
    # Those that failed in any of the last ticks.
    failed_lately: tuple[str, ...] = ()

    def now(self, real: datetime) -> datetime:
        """Return the time that business is done by; the real one without a tick."""
        return real if self.at is None or self.age is None else self.at + self.age

    @property
    def is_silent(self) -> bool:
        """Return whether so many ticks are missing that somebody should look."""
        return self.age is None or self.age > silence()


def silence() -> timedelta:
    """Return how old the last tick may be."""
    return timedelta(seconds=settings.TICK_SECONDS * MISSED)


def beat(looking_back: int = 1) -> Beat:
    """Return how the clock goes, by its last finished ticks. One query."""
    age = ExpressionWrapper(
        Now() - F("finished_at"), output_field=fields.DurationField()
    )
    ticks = Tick.objects.finished().annotate(age=age)
    found = list(ticks.values_list("finished_at", "age", "at", "failed")[:looking_back])
    if not found:
        return Beat()
    finished_at, since, at, failed = found[0]
    lately = dict.fromkeys(name for *_times, names in found for name in names)
    return Beat(finished_at, since, at, tuple(failed), tuple(lately))
