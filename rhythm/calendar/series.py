"""Who meets when, where one chair meets people one after another.

Pure: values in, values out.
"""

from __future__ import annotations

from bisect import bisect, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, dropwhile

from rhythm.calendar.recurrence import Occurrence, Rule, moment
from rhythm.calendar.working import WorkingTime

DAY = timedelta(days=1)
# No series lasts longer, from its first day.
LONGEST = timedelta(days=31)
MIDNIGHT = 24 * 60


@dataclass(frozen=True)
class Place:
    """A time at which one of a series can be held, and its day on the wall."""

    on: date
    starts_at: datetime


class Places:
    """The places of a series, the earliest first, each found when it is asked for."""

    def __init__(self, ahead: Iterator[Place]) -> None:
        self._ahead = ahead
        self._found: list[Place] = []

    def __iter__(self) -> Iterator[Place]:
        for number in count():
            if number == len(self._found):
                place = next(self._ahead, None)
                if place is None:
                    return
                self._found.append(place)
            yield self._found[number]

    def at(self, moment: datetime) -> Place | None:
        """Return the one at that moment, or None."""
        later = dropwhile(lambda each: each.starts_at < moment, self)
        place = next(later, None)
        return place if place and place.starts_at == moment else None


@dataclass(frozen=True)
class Turn:
    """A person whom a chair meets, in the series of a day."""

    # The day on which the rule of the series falls.
    key: date
    chair_id: int
    person_id: int
    rule: Rule
    # When it can be held.
    places: Places


class _Taken:
    """When people are busy with each other, in order."""

    def __init__(self) -> None:
        self.by_person: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)

    def take(self, turn: Turn, place: Place) -> bool:
        """Let both be busy then; False if one of them is already."""
        begins = place.starts_at
        ends = begins + timedelta(minutes=turn.rule.minutes)
        both = self.by_person[turn.chair_id], self.by_person[turn.person_id]
        for taken in both:
            after = bisect(taken, (begins, ends))
            if after and taken[after - 1][1] > begins:
                return False
            if after < len(taken) and taken[after][0] < ends:
                return False
        for taken in both:
            insort(taken, (begins, ends))
        return True


def places(
    rule: Rule, first: Occurrence, working: WorkingTime, until: date
) -> Iterator[Place]:
    """Yield when those of a series can be held, before the day `until`.

    They follow each other from the rule's hour on. What goes beyond the end of the
    working day is held from the same hour on the working day after; in the evening, up
    to midnight.
    """
    begins = rule.at.hour * 60 + rule.at.minute
    closes = working.closes_at.hour * 60 + working.closes_at.minute
    room = (closes if closes > begins else MIDNIGHT) - begins
    a_day = max(room // rule.minutes, 1)
    yield Place(first.on, first.starts_at)
    on, number = first.on, 1
    while True:
        if number == a_day:
            number, on = 0, on + DAY
            while on < until and working.is_off(on):
                on += DAY
            if on >= until:
                return
        minute = begins + number * rule.minutes
        at = time(*divmod(minute, 60))
        if starts_at := moment(on, at, rule.zone):
            yield Place(on, starts_at)
        number += 1


def take_turns(
    turns: Iterable[Turn], called: Mapping[tuple[date, int], datetime]
) -> Iterator[tuple[Turn, Place]]:
    """Yield when each is held, so that nobody has two at the same time.

    Whoever was called for one of the places keeps it: who joins or leaves moves nobody
    else. The others take the first that is free, in the order given; who finds none has
    none. called is by the day of the rule and the person.
    """
    turns = sorted(turns, key=lambda each: each.key)
    taken = _Taken()
    kept: dict[int, Place] = {}
    for number, turn in enumerate(turns):
        at = called.get((turn.key, turn.person_id))
        place = turn.places.at(at) if at else None
        if place and taken.take(turn, place):
            kept[number] = place
    for number, turn in enumerate(turns):
        free = (each for each in turn.places if taken.take(turn, each))
        if place := kept.get(number) or next(free, None):
            yield turn, place
