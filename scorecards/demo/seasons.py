"""When deals close: by quarters and seasons. No database, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random

# Eight quarters.
HISTORY_DAYS = 730
# How much closes in a month, against a usual one.
MONTHS = {1: 0.7, 2: 0.9, 7: 0.8, 8: 0.5, 11: 1.1, 12: 1.3}
# Towards the end of a quarter, and between the years.
QUARTER_END, HOLIDAYS = 2.4, 0.2
# The company grew: at the end so much more closes in a day than at the beginning.
GROWTH = 0.5


def weight(day: date) -> float:
    """Return how much closes on a day, against a usual one. Nothing at weekends."""
    if day.weekday() > 4:
        return 0
    found = MONTHS.get(day.month, 1.0)
    if day.month == 12 and day.day > 22:
        return found * HOLIDAYS
    is_quarters_last = day.month % 3 == 0 and day.day > 15
    return found * (QUARTER_END if is_quarters_last else 1)


class Season:
    """Picks the days on which deals closed."""

    def __init__(self, today: date) -> None:
        weights: Sequence[float] = [
            weight(today - timedelta(days=ago))
            * (1 + GROWTH * (1 - ago / HISTORY_DAYS))
            for ago in range(1, HISTORY_DAYS + 1)
        ]
        self._sums = list(accumulate(weights))

    def closed_ago(self, random: Random, *, first: int, last: int) -> int:
        """Return how many days ago a deal closed: at most `first`, at least `last`."""
        low = self._sums[last - 2] if last > 1 else 0.0
        high = self._sums[min(first, HISTORY_DAYS) - 1]
        wanted = random.uniform(low, high)
        return next(n for n, each in enumerate(self._sums, 1) if each >= wanted)

    def share(self, *, first: int, last: int) -> float:
        """Return the share of all that closes which falls between the two."""
        low = self._sums[last - 2] if last > 1 else 0.0
        return (self._sums[min(first, HISTORY_DAYS) - 1] - low) / self._sums[-1]
