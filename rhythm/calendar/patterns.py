"""What the fields of a form say of a rule, and the RFC 5545 text of it: both ways.

Pure. A rule that the fields cannot say is read as None, and stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rhythm.calendar.recurrence import (
    WEEKDAYS,
    check,
    monthly_by_day,
    monthly_by_weekday,
    weekly,
)

DAILY = "FREQ=DAILY"
NTH_WEEKDAY = re.compile(r"(-1|[1-5])(MO|TU|WE|TH|FR|SA|SU)")


@dataclass(frozen=True)
class EachWorkingDay:
    """Every day on which the team works, whichever those are."""


@dataclass(frozen=True)
class OnWeekdays:
    """Some weekdays (0 is Monday) of every n-th week."""

    days: tuple[int, ...]
    every: int = 1


@dataclass(frozen=True)
class OnNthWeekday:
    """The n-th weekday of every so many months; -1 is the last one."""

    nth: int
    day: int
    every: int = 1


@dataclass(frozen=True)
class OnDayOfMonth:
    """A day of every so many months; the last one where a month is shorter."""

    day: int
    every: int = 1


type Pattern = EachWorkingDay | OnWeekdays | OnNthWeekday | OnDayOfMonth


def write(pattern: Pattern) -> str:
    """Return the rule that says it.

    Raises ValueError for one that does not fall on any day.
    """
    match pattern:
        case EachWorkingDay():
            text = DAILY
        case OnWeekdays(days, every):
            text = weekly(*days, every=every)
        case OnNthWeekday(nth, day, every):
            text = monthly_by_weekday(nth, day, every)
        case OnDayOfMonth(day, every):
            text = monthly_by_day(day, every)
    check(text)
    return text


def read(text: str) -> Pattern | None:
    """Return what the fields of a form say for a rule; None if they cannot say it."""
    said = parts(text)
    interval = said.pop("INTERVAL", "1")
    every = int(interval) if interval.isdecimal() else 0
    frequency = said.pop("FREQ", "")
    if not every:
        return None
    if frequency == "DAILY" and every == 1 and not said:
        return EachWorkingDay()
    if frequency == "WEEKLY" and said.keys() == {"BYDAY"}:
        days = said["BYDAY"].split(",")
        if set(days) <= set(WEEKDAYS):
            found = {WEEKDAYS.index(each) for each in days}
            return OnWeekdays(tuple(sorted(found)), every)
    if frequency == "MONTHLY":
        return _monthly(said, every)
    return None


def parts(text: str) -> dict[str, str]:
    """Return what a rule says, by the names of its parts."""
    pairs = (each.partition("=") for each in text.upper().split(";"))
    return {name: value for name, _is, value in pairs if name}


def _monthly(said: dict[str, str], every: int) -> Pattern | None:
    if said.keys() == {"BYDAY"}:
        found = NTH_WEEKDAY.fullmatch(said["BYDAY"])
        if found:
            return OnNthWeekday(int(found[1]), WEEKDAYS.index(found[2]), every)
    day = said.get("BYMONTHDAY", "").rpartition(",")[2]
    if day.isdecimal() and 1 <= int(day) <= 31:
        as_written = parts(monthly_by_day(int(day)))
        del as_written["FREQ"]
        if as_written == said:
            return OnDayOfMonth(int(day), every)
    return None
