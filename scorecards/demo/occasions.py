"""When reviews were held: nearly every week, as it is where people work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from scorecards.demo.days import Days

WEEKS = 104
PLANNED_MINUTES = 45
# Of a hundred weeks without a review; in August; and of those begun, not finished.
SKIPPED, SKIPPED_IN_AUGUST, ABANDONED = 9, 45, 2
# Of a hundred that began late.
LATE = 22


@dataclass(frozen=True)
class Occasion:
    """A review that was held, or begun. Minutes late and long."""

    days_ago: int
    hour: int
    late: int
    took: int
    is_abandoned: bool = False


def weekly(random: Random, days: Days, *, number: int) -> list[Occasion]:
    """Return the reviews of a team, the latest first, which is about a week back.

    So this week's is always still to run. number tells the teams apart.
    """
    latest = days.workday(7 + (0, 1, 2, 0, 3, 1)[number % 6])
    hour = (14, 10, 9, 13, 15, 11)[number % 6]
    found = [_held(random, latest, hour)]
    for week in range(1, WEEKS):
        ago = days.workday(latest + 7 * week + (random.random() < 0.1))
        if not _is_skipped(random, days, ago):
            found.append(_held(random, ago, hour, may_fail=week > 4))
    return found


def monthly(random: Random, days: Days, *, number: int) -> list[Occasion]:
    """Return the reviews of those who lead managers: every fourth week."""
    return [
        _held(random, days.workday(11 + 4 * number + 28 * month), 16)
        for month in range(WEEKS // 4)
        if random.random() > 0.1
    ]


def next_start(days: Days, latest: Occasion) -> datetime:
    """Return when the next review begins: a week after `latest`, but never before now.

    At weekends it waits for Monday.
    """
    day = days.on(7 - latest.days_ago)
    for ahead in _ahead(days, (day - days.today).days):
        starts = days.at(ahead, time(latest.hour))
        if starts > days.now + timedelta(minutes=20):
            return starts
    raise AssertionError("days go on")  # pragma: no cover


def _ahead(days: Days, first: int) -> Iterator[int]:
    ahead = max(first, 0)
    while True:
        if days.on(ahead).weekday() < 5:
            yield ahead
        ahead += 1


def _held(random: Random, ago: int, hour: int, *, may_fail: bool = False) -> Occasion:
    late = random.randint(4, 17) if random.randint(1, 100) <= LATE else 0
    is_abandoned = may_fail and random.randint(1, 100) <= ABANDONED
    return Occasion(ago, hour, late, random.randint(33, 51), is_abandoned)


def _is_skipped(random: Random, days: Days, ago: int) -> bool:
    day = days.on(-ago)
    if (day.month, day.day) >= (12, 22) or (day.month, day.day) < (1, 6):
        return True
    limit = SKIPPED_IN_AUGUST if day.month == 8 else SKIPPED
    return random.randint(1, 100) <= limit
