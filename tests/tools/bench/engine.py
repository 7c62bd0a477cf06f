"""The clock's work: rules into meetings, reminders, a tick with nothing to do."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from functools import partial

from django.db import connection, transaction
from django.test import TestCase

from rhythm.calendar import services
from rhythm.calendar.models import Cadence, Meeting, MeetingKind
from rhythm.calendar.recurrence import weekly
from rhythm.celery import app
from rhythm.clock import TICKS, call_all
from rhythm.notices.models import Notice
from rhythm.people.models import Team
from rhythm.ticks.models import Tick

# A Monday, long after everything that the seed has put into the past.
MONDAY = datetime(2031, 3, 3, 5, 0, tzinfo=UTC)
HALF_A_MINUTE, HOUR = timedelta(seconds=30), timedelta(hours=1)
# Wanted for 10,000 cadences, for an idle tick, and for 10,000 reminders.
PLAN_SECONDS, IDLE_SECONDS, REMIND_SECONDS = 60.0, 0.05, 60.0
MANY = 10_000
# Among them one that begins a quarter of an hour.
IDLE_ROUNDS = 30
KINDS = tuple(MeetingKind)


@dataclass(frozen=True)
class Work:
    """Something that the clock does: how many of what, and how long it took."""

    name: str
    count: int
    seconds: float
    # For `count`; None where the map wants no figure.
    wanted: float | None = None

    def misses(self) -> list[str]:
        """Return what misses the budget, in words."""
        if self.wanted is None or self.seconds <= self.wanted:
            return []
        return [f"{self.seconds:.2f} s, wanted {self.wanted:.2f}"]


def measure(cadences: int, say: Callable[[str], None]) -> list[Work]:
    """Have the clock work with so many cadences of the seeded teams; leave no trace."""
    done = []
    with transaction.atomic():
        for work in _worked(cadences):
            said = "" if work.wanted is None else f", wanted {work.wanted:.2f}"
            say(f"{work.name}: {work.count:,} in {work.seconds:.2f} s{said}")
            done.append(work)
        transaction.set_rollback(True)
    return done


def _worked(cadences: int) -> Iterator[Work]:
    _tick(MONDAY)
    _make(cadences)
    seconds, planned = _timed(lambda: services.plan_due(now=MONDAY))
    yield Work("cadences planned eight weeks ahead", planned.cadences, seconds)
    yield Work(
        "meetings that were made by it",
        planned.made,
        seconds,
        PLAN_SECONDS * cadences / MANY,
    )
    _settle(MONDAY + HALF_A_MINUTE)
    idle = [
        _timed(partial(_tick, MONDAY + n * HALF_A_MINUTE))[0]
        for n in range(2, IDLE_ROUNDS + 2)
    ]
    yield Work("a tick with nothing to do", 1, statistics.median(idle), IDLE_SECONDS)
    yield Work("the longest of them, which looks at everything", 1, max(idle))
    tomorrow = MONDAY + timedelta(days=1)
    seconds, planned = _timed(lambda: services.plan_due(now=tomorrow + 2 * HOUR))
    yield Work("cadences looked at again a day later", planned.cadences, seconds)
    before = Notice.objects.count()
    seconds, _posted = _timed(lambda: services.remind_due(now=tomorrow + HOUR))
    reminders = Notice.objects.count() - before
    yield Work(
        "reminders rendered and queued",
        reminders,
        seconds,
        REMIND_SECONDS * reminders / MANY,
    )
    later = tomorrow + timedelta(days=3)
    missed = Meeting.objects.to_be_missed(later).count()
    seconds, _done = _timed(lambda: _tick(later))
    yield Work("meetings found missed by a tick after three days", missed, seconds)


def _make(cadences: int) -> None:
    """Make weekly rules of all kinds, over all teams, days and hours."""
    teams = list(Team.objects.order_by("pk"))
    Cadence.objects.bulk_create(
        (
            Cadence(
                kind=KINDS[n % len(KINDS)],
                team=teams[n % len(teams)],
                rule=weekly(n % 5),
                first_on=MONDAY.date() - timedelta(days=400),
                at=wall_time(7 + n // 5 % 10),
                time_zone="Europe/Berlin",
                remind_minutes=[24 * 60, 60],
            )
            for n in range(cadences)
        ),
        batch_size=1000,
    )


def _tick(at: datetime) -> None:
    """Do what a tick of that time does, in every app."""
    last = Tick.objects.values_list("at", flat=True).first()
    begun = Tick.objects.create(at=at, previous_at=last)
    failed = call_all(TICKS, begun)
    assert not failed, failed


def _settle(at: datetime) -> None:
    """Have workers do what ticks of that time give them, until there is nothing left.

    And have the tables looked at, as the database does by itself after a minute.
    """
    app.conf.task_always_eager = True
    hinted: list[object] = [None]
    while hinted:
        with TestCase.captureOnCommitCallbacks(execute=True) as hinted:
            _tick(at)
    app.conf.task_always_eager = False
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _timed[Result](work: Callable[[], Result]) -> tuple[float, Result]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result
