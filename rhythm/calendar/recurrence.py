"""When a rule falls: days on the wall's calendar, and the moments that they are.

Pure: it knows neither the database nor what day it is. A rule is told in wall time and
an IANA zone, by RFC 5545 without a moment of its own ("FREQ=WEEKLY;BYDAY=TU"); what is
stored and compared are moments in UTC. An occurrence is known by the day on which its
rule falls, whatever day it is held on, so that a moved one is still the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import count
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import MO, MONTHLY, WEEKLY, YEARLY, rrule, rrulestr

# What a rule may say. When it begins, ends and at what hour is said beside it.
PARTS = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"})
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
# The longest that a meeting is put off by days off, one after the other.
FARTHEST = 10
LONGEST_INTERVAL = 120
DAY = timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class OffDays(StrEnum):
    """What happens to a meeting whose day is one on which nobody works."""

    KEEP = "keep"
    NEXT = "next"
    PREVIOUS = "previous"
    DROP = "drop"


@dataclass(frozen=True)
class Rule:
    """What recurs, in wall time."""

    # RFC 5545, of PARTS alone.
    text: str
    # The first such day from here on is its first one, and "every second week" counts
    # from the week of that.
    first_on: date
    at: time
    zone: ZoneInfo
    minutes: int
    # The last day on which it may fall; None for ever.
    last_on: date | None = None
    off_days: OffDays = OffDays.NEXT
    # The day from whose week every second one counts instead; None for that of the
    # first one. A team that holds a rule on another weekday is so in step with it.
    counts_from: date | None = None


@dataclass(frozen=True)
class Occurrence:
    """One time that a rule falls. Moments in UTC."""

    # The day of the rule, by which it is known.
    key: date
    # The day on which it is held, in the zone of the rule.
    on: date
    starts_at: datetime
    ends_at: datetime


def occurrences(
    rule: Rule,
    first: date,
    last: date,
    *,
    is_off: Callable[[date], bool] = lambda day: False,
) -> list[Occurrence]:
    """Return what falls from `first` to `last`, both included, by the rule's own days.

    is_off says on which days nobody works. What would be put off to a day that has one
    of its own is dropped, so that there is one a day at most; so is what falls on a day
    that never was, as where a zone crossed the date line.

    Raises ValueError for a rule that `check` refuses. Linear in the days asked for,
    wherever the rule began.
    """
    found = []
    for key in _keys(rule, first, last):
        on = _held_on(rule, key, is_off)
        starts_at = None if on is None else moment(on, rule.at, rule.zone)
        if on is not None and starts_at is not None:
            ends_at = starts_at + timedelta(minutes=rule.minutes)
            found.append(Occurrence(key, on, starts_at, ends_at))
    return found


def moment(on: date, at: time, zone: ZoneInfo) -> datetime | None:
    """Return the moment of a wall time, in UTC; None on a day that never was.

    A time that the clocks skip is the one as long after the gap; of one that comes
    twice it is the first. That is RFC 5545, 3.3.5.
    """
    found = datetime.combine(on, at, tzinfo=zone).astimezone(UTC)
    return found if found.astimezone(zone).date() == on else None


@lru_cache(maxsize=1000)
def check(text: str) -> None:
    """Raise ValueError, with what is wrong, unless the rule is one of ours."""
    parts = dict(_part(each) for each in text.split(";"))
    if unknown := sorted(parts.keys() - PARTS):
        raise ValueError(f"A rule cannot say {', '.join(unknown)}.")
    if parts.get("FREQ") not in FREQUENCIES:
        raise ValueError("A rule falls daily, weekly, monthly or yearly.")
    interval = parts.get("INTERVAL", "1")
    if not (interval.isdecimal() and 1 <= int(interval) <= LONGEST_INTERVAL):
        raise ValueError(f"A rule skips at most {LONGEST_INTERVAL} times.")
    # What is left to say wrong, dateutil finds; its years tell whether it ever falls.
    found = rrulestr(text, dtstart=datetime(2000, 1, 1))  # noqa: DTZ001 - a wall's day
    if found.after(datetime(1999, 1, 1)) is None:  # noqa: DTZ001
        raise ValueError("A rule falls on some day.")


def a_round_before(text: str, on: date) -> date:
    """Return the day as long before `on` as the rule takes to come round again.

    Of every second week that is two weeks; of a month, the same day of the one before.
    """
    found = _parsed(text, on)
    every: int = found._interval  # type: ignore[attr-defined]
    frequency: int = found._freq  # type: ignore[attr-defined]
    rounds = {
        YEARLY: relativedelta(years=every),
        MONTHLY: relativedelta(months=every),
        WEEKLY: relativedelta(weeks=every),
    }
    return on - rounds.get(frequency, relativedelta(days=every))


# -- Rules in the words of a form ---------------------------------------------------
def daily() -> str:
    """Return the rule of every working day, Monday to Friday."""
    return f"FREQ=WEEKLY;BYDAY={','.join(WEEKDAYS[:5])}"


def weekly(*days: int, every: int = 1) -> str:
    """Return the rule of some weekdays (0 is Monday) of every n-th week."""
    names = ",".join(WEEKDAYS[each] for each in sorted(set(days)))
    return _every("WEEKLY", every, f"BYDAY={names}")


def monthly_by_weekday(nth: int, day: int, every: int = 1) -> str:
    """Return the rule of the n-th weekday of a month; -1 is its last one.

    A month without a fifth one is left out.
    """
    return _every("MONTHLY", every, f"BYDAY={nth}{WEEKDAYS[day]}")


def monthly_by_day(day: int, every: int = 1) -> str:
    """Return the rule of a day of the month, or its last day where it is shorter."""
    if day <= 28:
        return _every("MONTHLY", every, f"BYMONTHDAY={day}")
    days = ",".join(map(str, range(28, day + 1)))
    return _every("MONTHLY", every, f"BYMONTHDAY={days};BYSETPOS=-1")


def _every(frequency: str, interval: int, rest: str) -> str:
    skipping = f"INTERVAL={interval};" if interval > 1 else ""
    return f"FREQ={frequency};{skipping}{rest}"


# -- Days ---------------------------------------------------------------------------
def _part(said: str) -> tuple[str, str]:
    name, is_said, value = said.partition("=")
    if not is_said or not value:
        raise ValueError(f"{said!r} says nothing.")
    return name, value


def _keys(rule: Rule, first: date, last: date) -> Iterator[date]:
    """Yield the days on which the rule falls, in order."""
    last = min(last, rule.last_on) if rule.last_on else last
    first = max(first, rule.first_on)
    if first > last:
        return
    found = _parsed(rule.text, rule.counts_from or rule.first_on)
    found = found.replace(dtstart=_anchor(found, first))
    for each in found.between(_midnight(first), _midnight(last), inc=True):
        yield each.date()


def _parsed(text: str, first_on: date) -> rrule:
    check(text)
    found = rrulestr(text, dtstart=_midnight(first_on))
    assert isinstance(found, rrule)
    return found.replace(dtstart=_midnight(_first(found, first_on)), wkst=MO)


def counts_from(text: str, first_on: date) -> date:
    """Return a day of the week from which the weeks of a rule count.

    Of a rule that is not weekly, its first day.
    """
    found = _parsed(text, first_on)
    if found._freq != WEEKLY:  # type: ignore[attr-defined]
        return first_on
    begun: date = found._dtstart.date()  # type: ignore[attr-defined]
    return begun - begun.weekday() * DAY


def _first(found: rrule, first_on: date) -> date:
    """Return where counting begins: RFC 5545 wants a day on which the rule falls.

    Else every second Tuesday from a Wednesday on would leave out the very next one.
    """
    days: tuple[int, ...] = found._byweekday or ()  # type: ignore[attr-defined]
    if found._freq != WEEKLY or not days:  # type: ignore[attr-defined]
        return first_on
    return first_on + min((each - first_on.weekday()) % 7 for each in days) * DAY


def _anchor(found: rrule, first: date) -> datetime:
    """Return a later beginning that counts alike, so that old rules cost no more."""
    begun: datetime = found._dtstart  # type: ignore[attr-defined]
    every: int = found._interval  # type: ignore[attr-defined]
    frequency: int = found._freq  # type: ignore[attr-defined]
    if frequency in (YEARLY, MONTHLY):
        return begun
    length = timedelta(days=every * (7 if frequency == WEEKLY else 1))
    steps = max((_midnight(first) - begun) // length - 1, 0)
    return begun + steps * length


def _held_on(rule: Rule, key: date, is_off: Callable[[date], bool]) -> date | None:
    """Return the day on which what falls on `key` is held; None if it is dropped."""
    if rule.off_days == OffDays.KEEP or not is_off(key):
        return key
    if rule.off_days == OffDays.DROP:
        return None
    step = timedelta(days=1 if rule.off_days == OffDays.NEXT else -1)
    for days in count(1):
        on = key + days * step
        if days > FARTHEST or any(_keys(rule, on, on)):
            return None
        if not is_off(on):
            return on
    raise AssertionError


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
