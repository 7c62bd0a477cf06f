"""What the installation says of itself, in numbers: for the page and for monitors."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Q
from django.db.models.functions import Now

from pipeline.imports.models import ImportRun
from pipeline.imports.models.states import WAITING, WORKING
from pipeline.movement.models import SummarisedDay
from rhythm.backups.services import product_version
from rhythm.notices.models import Notice, NoticeState
from rhythm.people.models.audit import AuditKind
from rhythm.ticks import broker
from rhythm.ticks.broker import Queue
from rhythm.ticks.selectors import RECENT, Beat, beat

# Mail that is due leaves with the next tick; after so long something is in its way.
IN_TIME = timedelta(minutes=5)
LAST_IMPORTS = 3
QUEUED, FAILED = NoticeState.QUEUED, NoticeState.FAILED
UNKNOWN, HELD = NoticeState.UNKNOWN, NoticeState.HELD

DATABASE = """
    SELECT pg_database_size(current_database()),
        (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
        current_setting('max_connections')::int,
        (SELECT max(at) FROM people_auditentry WHERE kind = %s)
"""


@dataclass(frozen=True)
class Outgoing:
    """How many notices wait to go out one way, and how many did not."""

    # A chat channel and its name; None and "" are mail.
    channel: int | None = None
    name: str = ""
    due: int = 0
    # Of those that are due, the ones that are so for longer than IN_TIME.
    overdue: int = 0
    failed: int = 0
    unknown: int = 0
    held: int = 0


@dataclass(frozen=True)
class Imports:
    """The last imports, the latest first, and how many of all are on their way."""

    waiting: int
    # A worker has them, or had them and has not been heard of.
    working: int
    lost: int
    latest: tuple[ImportRun, ...]


@dataclass(frozen=True)
class Nights:
    """The nightly summaries: how many days wait, and the last that is there."""

    waiting: int
    last: date | None


@dataclass(frozen=True)
class Database:
    """The database's size and connections, and when a backup of it was taken."""

    size_bytes: int
    connections: int
    most_connections: int
    backed_up_at: datetime | None


@dataclass(frozen=True)
class Disk:
    """The disk with the uploaded files, in bytes."""

    free: int
    total: int


@dataclass(frozen=True)
class Figures:
    """Everything that can be counted about what runs."""

    now: datetime
    beat: Beat
    # Mail first, then the chat channels to which something waits or did not go.
    outgoing: tuple[Outgoing, ...]
    imports: Imports
    nights: Nights
    database: Database


def figures(now: datetime) -> Figures:
    """Return what the database says. Six queries."""
    last = beat(RECENT)
    return Figures(
        now=now,
        beat=last,
        outgoing=tuple(_outgoing(last.now(now))),
        imports=_imports(),
        nights=_nights(),
        database=_database(),
    )


def queue() -> Queue | None:
    """Return what waits at the broker; None if it is gone, after half a second."""
    return broker.queue()


def disk() -> Disk:
    """Return how much room there is for uploaded files."""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return Disk(usage.free, usage.total)


def version() -> str:
    """Return the version of the product."""
    return product_version()


@cache
def commit() -> str:
    """Return the commit that runs, shortened; "" where there is no repository."""
    git = shutil.which("git")
    if git is None or not (settings.BASE_DIR / ".git").exists():
        return ""
    command = [git, "rev-parse", "--short", "HEAD"]
    done = subprocess.run(  # noqa: S603
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _outgoing(now: datetime) -> list[Outgoing]:
    due = Q(pk__in=Notice.objects.due(now).values("pk"))
    stuck = {"failed": FAILED, "unknown": UNKNOWN, "held": HELD}
    counts = {name: Count("pk", filter=Q(state=state)) for name, state in stuck.items()}
    counts["due"] = Count("pk", filter=due)
    counts["overdue"] = Count("pk", filter=due & Q(due_at__lt=now - IN_TIME))
    notices = Notice.objects.besides_missed_tests()
    notices = notices.filter(state__in=[QUEUED, *stuck.values()])
    ways = notices.order_by("channel__name", "channel_id")
    rows = ways.values_list("channel_id", "channel__name").annotate(**counts)
    found = [
        Outgoing(channel, name or "", **dict(zip(counts, numbers, strict=True)))
        for channel, name, *numbers in rows
    ]
    mail = next((each for each in found if each.channel is None), Outgoing())
    return [mail, *(each for each in found if each.channel is not None)]


def _imports() -> Imports:
    runs = ImportRun.objects
    unfinished = runs.filter(state__in=(*WAITING, *WORKING))
    lost = Q(state__in=WORKING, claimed_until__lt=Now())
    counts = unfinished.aggregate(
        waiting=Count("pk", filter=Q(state__in=WAITING)),
        working=Count("pk", filter=Q(state__in=WORKING)),
        lost=Count("pk", filter=lost),
    )
    return Imports(**counts, latest=tuple(runs.order_by("-pk")[:LAST_IMPORTS]))


def _nights() -> Nights:
    return Nights(
        **SummarisedDay.objects.aggregate(
            waiting=Count("pk", filter=Q(is_stale=True)),
            last=Max("day", filter=Q(is_stale=False)),
        )
    )


def _database() -> Database:
    with connection.cursor() as cursor:
        cursor.execute(DATABASE, [AuditKind.BACKUP_TAKEN])
        return Database(*cursor.fetchone())
