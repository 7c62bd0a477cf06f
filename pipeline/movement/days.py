"""Which days a movement is read over. No database, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# No deal is older, and no day further back is asked for.
EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True)
class Span:
    """The days from `first` to `last`, both included.

    It opens with what stood when `first` began, and closes with what stands when
    `last` ends.
    """

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def opening(self, zone: str) -> datetime:
        """Return when `first` begins on the wall in `zone`."""
        return midnight(self.first, zone)

    def closing(self, zone: str) -> datetime:
        """Return when `last` ends on the wall in `zone`."""
        return midnight(self.last + timedelta(days=1), zone)


def midnight(day: date, zone: str) -> datetime:
    """Return when `day` begins on the wall in `zone`, aware."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def presets(today: date, fiscal_month: int) -> Mapping[str, Span]:
    """Return the usual spans up to `today`, by name.

    fiscal_month is the first month of the fiscal year, for its quarters.
    """
    month = today.replace(day=1)
    into = (today.month - fiscal_month) % 3
    starts = {
        "week": today - timedelta(days=today.weekday()),
        "month": month,
        "quarter": _months_back(month, into),
        "7": today - timedelta(days=6),
        "28": today - timedelta(days=27),
    }
    return {name: Span(first, today) for name, first in starts.items()}


def _months_back(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def span_between(first: date | None, last: date | None, today: date) -> Span | None:
    """Return the span between two days in any order, None unless both are given.

    What lies ahead of `today` has not happened: it ends the span today.
    """
    if first is None or last is None:
        return None
    early, late = sorted((first, last))
    return Span(
        min(max(early, EARLIEST), today),
        min(max(late, EARLIEST), today),
    )
