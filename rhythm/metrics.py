"""The figures of the health page for Prometheus, to whoever has the token."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from rhythm.ticks.selectors import silence
from scorecards.homes.selectors import figures as counted
from scorecards.homes.selectors.figures import Figures


@never_cache
@require_safe
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the figures as they are now. 404 unless RHYTHM_METRICS_TOKEN is set.

    Whoever asks sends it as a bearer token; without it the answer is 401.
    """
    if not settings.METRICS_TOKEN:
        raise Http404
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, wanted):
        headers = {"WWW-Authenticate": "Bearer"}
        return HttpResponse(status=401, headers=headers, content_type="text/plain")
    # Nothing is counted between two questions, so that every process says the same.
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """Reads the figures when it is asked for them."""

    def describe(self) -> Iterator[Metric]:
        """Return nothing: the names need not be known before the figures are read."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield a gauge for each figure. The database's own need the database."""
        try:
            found = counted.figures(timezone.now())
        except Error:
            found = None
        yield _gauge("database_up", "Whether the database answers.", found is not None)
        if found is not None:
            yield from _from_database(found)
        yield from _beside_it()


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"rhythm_{name}", meaning, value)


def _by(label: str, name: str, meaning: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(f"rhythm_{name}", meaning, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _from_database(found: Figures) -> Iterator[Metric]:
    beat, database = found.beat, found.database
    yield _gauge("clock_silent", "Whether too many ticks are missing.", beat.is_silent)
    limit = silence().total_seconds()
    yield _gauge("clock_silent_after_seconds", "Age that a tick may reach.", limit)
    if beat.age is not None:
        age = beat.age.total_seconds()
        yield _gauge("clock_age_seconds", "Age of the last finished tick.", age)
    failed = dict.fromkeys(beat.failed_lately, 0.0)
    failed |= dict.fromkeys(beat.failed, 1.0)
    meaning = "Apps' ticks that failed lately; 1 if in the last tick."
    yield _by("tick", "tick_failed", meaning, failed)
    meaning = "Mail and chat messages that wait or did not go out."
    states: tuple[str, ...] = ("due", "overdue", "failed", "unknown", "held")
    notices = {
        state: sum(getattr(way, state) for way in found.outgoing) for state in states
    }
    yield _by("state", "notices", meaning, notices)
    states = ("waiting", "working", "lost")
    imports = {each: getattr(found.imports, each) for each in states}
    yield _by("state", "imports", "Imports that are on their way.", imports)
    meaning = "Days that wait for their nightly summaries."
    yield _gauge("summaries_waiting_days", meaning, found.nights.waiting)
    yield _gauge("database_size_bytes", "Size of the database.", database.size_bytes)
    meaning = "Open connections to the database."
    yield _gauge("database_connections", meaning, database.connections)
    meaning = "Connections that the database server allows."
    yield _gauge("database_connections_most", meaning, database.most_connections)
    if database.backed_up_at is not None:
        age = (found.now - database.backed_up_at).total_seconds()
        meaning = "Age of the last backup by manage.py backup."
        yield _gauge("backup_age_seconds", meaning, age)


def _beside_it() -> Iterator[Metric]:
    """Yield what is known without the database."""
    queue, disk = counted.queue(), counted.disk()
    yield _gauge("broker_up", "Whether the broker answers.", queue is not None)
    if queue is not None:
        meaning = "Hints at the broker: waiting, or taken by a worker."
        yield _by("state", "queue_hints", meaning, vars(queue))
    yield _gauge("media_free_bytes", "Room for uploaded files.", disk.free)
    yield _gauge("media_total_bytes", "Size of their disk.", disk.total)
    version = GaugeMetricFamily(
        "rhythm_build", "What runs.", labels=["version", "commit"]
    )
    version.add_metric([counted.version(), counted.commit()], 1)
    yield version
