"""The weeks, months and quarters of a calendar page. No database, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
# Far enough from the ends of the calendar to go back and forth.
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)


class View(StrEnum):
    """How much of the calendar is shown at once."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True)
class Span:
    """The days of one page, both included, and where its neighbours are."""

    view: View
    first: date
    last: date

    @property
    def weeks(self) -> list[date]:
        """Return the Monday of each week that the span touches."""
        monday = monday_of(self.first)
        count = (self.last - monday).days // 7 + 1
        return [monday + number * WEEK for number in range(count)]

    @property
    def shown_first(self) -> date:
        """Return the first day of its first week."""
        return self.weeks[0]

    @property
    def shown_last(self) -> date:
        """Return the last day of its last week."""
        return self.weeks[-1] + WEEK - DAY

    @property
    def before(self) -> date:
        """Return a day of the span before this one."""
        return self.first - DAY

    @property
    def after(self) -> date:
        """Return a day of the span after this one."""
        return self.last + DAY


def span_around(day: date, view: View, *, fiscal_month: int = 1) -> Span:
    """Return the week, month or quarter in which `day` falls.

    fiscal_month is where the organisation's year, and with it a quarter, begins. A day
    that is too far off counts as the nearest that is not.
    """
    day = min(max(day, EARLIEST), LATEST)
    if view == View.WEEK:
        first = monday_of(day)
        return Span(view, first, first + WEEK - DAY)
    months = 1 if view == View.MONTH else 3
    behind = (day.month - fiscal_month) % months
    first = _months_on(day.replace(day=1), -behind)
    return Span(view, first, _months_on(first, months) - DAY)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _months_on(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
