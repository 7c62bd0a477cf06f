"""Dates as files write them: which order a column uses, and what a cell means.

A column's order is found from all of its values. When two orders read all of them, and
differently, it is ambiguous: a person is asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache

from rhythm.web.words import _

ISO = "ymd"
DAY_FIRST = "dmy"
MONTH_FIRST = "mdy"
ORDERS = (ISO, DAY_FIRST, MONTH_FIRST)

EARLIEST = date(1950, 1, 1)
LATEST = date(2100, 12, 31)
# Two digits from here on mean the last century, as everywhere in Python and POSIX.
LAST_CENTURY_FROM = 69
# A column is in an order when at least this share of its values is.
ENOUGH_SHARE = 0.9

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
NUMBERS = re.compile(r"(\d{1,4})([-/. ])(\d{1,2})\2\s?(\d{1,4})\.?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
DAY_NAMED = re.compile(r"(\d{1,2})\.?[- /]?([A-Za-z]{3,9})\.?[- /,]+(\d{2}|\d{4})")
MONTH_NAMED = re.compile(
    r"([A-Za-z]{3,9})\.?[- /]?(\d{1,2})(?:st|nd|rd|th)?,?[- /]+(\d{4})"
)
CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*([AaPp]\.?[Mm]\.?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
MAXIMUM_LENGTH = 40


class NotADate(ValueError):
    """The text is no date in the order asked for. The message says why."""


@dataclass(frozen=True)
class Reading:
    """How a column's values read as dates."""

    # The orders that could be meant, best first. None: this is no column of dates.
    orders: tuple[str, ...]
    # How many distinct values the first order cannot read.
    unread: int = 0

    @property
    def is_ambiguous(self) -> bool:
        return len(self.orders) > 1

    @property
    def order(self) -> str | None:
        """Return the order when there is exactly one, else None."""
        return self.orders[0] if len(self.orders) == 1 else None


@dataclass
class DateColumn:
    """Watches the values of a column, and says at the end how they read."""

    seen: int = 0
    fits: Counter[str] = field(default_factory=Counter)
    # Values that two orders read differently; without any, the order does not matter.
    differing: Counter[tuple[str, str]] = field(default_factory=Counter)

    def watch(self, text: str) -> None:
        """Count a value. Give each distinct value once: it costs some microseconds."""
        self.seen += 1
        meanings = {
            order: found for order in ORDERS if (found := _meaning(text, order))
        }
        if ISO in meanings and len(meanings) > 1 and not _starts_with_year(text):
            # 01-03-17 could be 2001; nobody writes so when it can be something else.
            del meanings[ISO]
        self.fits.update(meanings.keys())
        pairs = ((DAY_FIRST, MONTH_FIRST), (ISO, DAY_FIRST), (ISO, MONTH_FIRST))
        for one, other in pairs:
            if one in meanings and other in meanings:
                self.differing[one, other] += meanings[one] != meanings[other]

    def reading(self) -> Reading:
        """Return which orders the column may be in. Empty when it holds no dates."""
        if not self.seen or not self.fits:
            return Reading(())
        most = max(self.fits.values())
        if most < self.seen * ENOUGH_SHARE:
            return self._split()
        best = [order for order in ORDERS if self.fits[order] == most]
        chosen = [best[0]] if self._agree(best) else best
        return Reading(tuple(chosen), unread=self.seen - most)

    def _split(self) -> Reading:
        """Two orders share the column: ask, unless most of it is no date at all."""
        read = [order for order in ORDERS if self.fits[order]]
        together = sum(self.fits[order] for order in read)
        if len(read) < 2 or together < self.seen * ENOUGH_SHARE:
            return Reading(())
        read.sort(key=lambda order: -self.fits[order])
        return Reading(tuple(read), unread=self.seen - self.fits[read[0]])

    def _agree(self, orders: list[str]) -> bool:
        pairs = [pair for pair in self.differing if set(pair) <= set(orders)]
        return not any(self.differing[pair] for pair in pairs)


def read_order(values: Iterable[str]) -> Reading:
    """Return how `values` (not empty, distinct) read as dates."""
    column = DateColumn()
    for value in values:
        column.watch(value)
    return column.reading()


@lru_cache(maxsize=20_000)
def parse_date(text: str, order: str, zone: tzinfo) -> date:
    """Return the day that `text` names, in `zone` when it carries a zone of its own.

    Raises NotADate if it is none, does not exist, or is outside 1950 to 2100.
    """
    return parse_moment(text, order, zone).date()


@lru_cache(maxsize=20_000)
def parse_moment(text: str, order: str, zone: tzinfo) -> datetime:
    """Return the aware moment that `text` names; a day alone is its midnight in `zone`.

    Raises NotADate, as parse_date does.
    """
    day_text, clock = _split_clock(text)
    day = _day(day_text, order)
    if day is None:
        raise NotADate(_why_not(text, day_text, order))
    if not EARLIEST <= day <= LATEST:
        raise NotADate(_("%(text)s is outside the years 1950 to 2100") % {"text": text})
    hour, minute, second, own_zone = clock
    moment = datetime.combine(day, time(hour, minute, second), own_zone or zone)
    return moment.astimezone(zone)


def _why_not(text: str, day_text: str, order: str) -> str:
    if _numbers(day_text, order) or _named(day_text):
        return _("%(text)s is not a day of the calendar") % {"text": text}
    return _no_date(text[:MAXIMUM_LENGTH])


def _no_date(text: str) -> str:
    return _("%(text)s is not a date") % {"text": text}


def _meaning(text: str, order: str) -> date | None:
    try:
        return _day(_split_clock(text)[0], order)
    except NotADate:
        return None


def _starts_with_year(text: str) -> bool:
    return bool(re.match(r"\s*\d{4}", text))


type Clock = tuple[int, int, int, tzinfo | None]
MIDNIGHT: Clock = (0, 0, 0, None)


def _split_clock(text: str) -> tuple[str, Clock]:
    """Return the part that names the day, and the time with its zone if it has one."""
    text = text.strip()
    if len(text) > MAXIMUM_LENGTH:
        raise NotADate(_no_date(f"{text[:MAXIMUM_LENGTH]}…"))
    if ":" not in text:
        return text, MIDNIGHT
    found = re.match(r"(.*?\d)(?:T|,?\s+)(\d{1,2}:.*)$", text)
    if not found or not (clock := CLOCK.fullmatch(found[2].strip())):
        raise NotADate(_no_date(text))
    return found[1], _clock(text, clock)


def _clock(text: str, found: re.Match[str]) -> Clock:
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            raise NotADate(_no_date(text))
        hour = hour % 12 + (12 if found[4][0] in "pP" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise NotADate(_no_date(text))
    return hour, minute, second, _zone(found[5])


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _day(text: str, order: str) -> date | None:
    parts = _named(text) or _numbers(text, order)
    if parts is None:
        return None
    year, month, day = parts
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _named(text: str) -> tuple[int, int, int] | None:
    """Return year, month and day of "1 Mar 2017" or "Mar 1, 2017"."""
    if found := DAY_NAMED.fullmatch(text):
        day, month, year = found.groups()
    elif found := MONTH_NAMED.fullmatch(text):
        month, day, year = found.groups()
    else:
        return None
    number = MONTHS.get(month.lower())
    return (_year(year), number, int(day)) if number else None


def _numbers(text: str, order: str) -> tuple[int, int, int] | None:
    """Return year, month and day of a date in digits, or None if it is in no order."""
    if found := COMPACT.fullmatch(text):
        if order != ISO:
            return None
        return int(found[1]), int(found[2]), int(found[3])
    if not (found := NUMBERS.fullmatch(text)):
        return None
    first, middle, last = found[1], found[3], found[4]
    if len(first) > 2:
        if order != ISO or len(last) > 2 or len(first) != 4:
            return None
        return int(first), int(middle), int(last)
    if len(last) not in (2, 4) and not (order == ISO and len(last) <= 2):
        return None
    if order == ISO:
        return (
            None
            if len(last) > 2 or len(first) != 2
            else (_year(first), int(middle), int(last))
        )
    day, month = (first, middle) if order == DAY_FIRST else (middle, first)
    return _year(last), int(month), int(day)


def _year(digits: str) -> int:
    if len(digits) > 2:
        return int(digits)
    return int(digits) + (1900 if int(digits) >= LAST_CENTURY_FROM else 2000)
