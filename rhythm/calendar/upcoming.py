"""The next days of a rule, and what days off do to them: values in, values out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from rhythm.calendar.recurrence import FARTHEST, OffDays, Rule, occurrences
from rhythm.calendar.working import WorkingTime

# So far ahead is looked, in steps: a rare rule costs more steps, not a frequent one.
STEPS = tuple(timedelta(days=each) for each in (0, 60, 420, 1500, 5000))


@dataclass(frozen=True)
class Upcoming:
    """One day on which a rule falls, and what comes of it."""

    key: date
    # Null: it falls out.
    starts_at: datetime | None
    # The day on which it is held, on the wall of the rule.
    on: date | None
    # The holiday that stands in its way. Empty where nobody works that weekday anyway.
    holiday: str = ""

    @property
    def is_put_off(self) -> bool:
        return self.on is not None and self.on != self.key


def upcoming(
    rule: Rule, first: date, count: int, working: WorkingTime
) -> list[Upcoming]:
    """Return the next `count` days held from `first` on, and what falls out between.

    Fewer for a rule that ends. Of a rule that falls every working day, days off are
    left out and not told.

    Raises ValueError for a rule that `recurrence.check` refuses.
    """
    found: list[Upcoming] = []
    held = 0
    for begin, end in pairwise(STEPS):
        since = first + begin - (timedelta(days=FARTHEST) if not begin else timedelta())
        last = first + end - timedelta(days=1)
        for each in _between(rule, since, last, working):
            if (each.on or each.key) < first:
                continue
            found.append(each)
            held += each.on is not None
            if held == count:
                return found
    return found


def _between(
    rule: Rule, first: date, last: date, working: WorkingTime
) -> list[Upcoming]:
    kept = occurrences(replace(rule, off_days=OffDays.KEEP), first, last)
    held = {
        each.key: each for each in occurrences(rule, first, last, is_off=working.is_off)
    }
    is_daily = rule.text == "FREQ=DAILY"
    found = []
    for key in (each.key for each in kept):
        there = held.get(key)
        if there is None and is_daily:
            continue
        is_as_said = there is not None and there.on == key
        found.append(
            Upcoming(
                key=key,
                starts_at=there.starts_at if there else None,
                on=there.on if there else None,
                holiday="" if is_as_said else working.holiday(key),
            )
        )
    return found
