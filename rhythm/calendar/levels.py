"""Teams that have teams below them meet later than those, level by level.

A leader is in the meeting of the team above: at the same hour nobody could be in both.
Values in, values out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time

from rhythm.calendar.models import Cadence, Reach, Scope

# One level meets so much later than the one below, or a multiple of it, in minutes.
STEP = 30
LAST_MINUTE = 24 * 60 - 1


def levels(lines: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """Return how many levels of teams are below each, by its id; 0 for none.

    lines holds the ids from the root down to each team, of all teams.
    """
    found = dict.fromkeys(lines, 0)
    for line in lines.values():
        for below, pk in enumerate(reversed(line)):
            found[pk] = max(found.get(pk, 0), below)
    return found


def goes_by_level(cadence: Cadence) -> bool:
    """Return whether each level meets after the one below: what people sit in."""
    return (
        cadence.reach == Reach.BELOW
        and cadence.scope == Scope.TEAM
        and not cadence.is_async
    )


def hour_of(cadence: Cadence, level: int) -> time:
    """Return at what hour a team with so many levels below holds it, on that day.

    That is the cadence's own for those at the bottom, and follows it when it changes.
    """
    if not (level and goes_by_level(cadence)):
        return cadence.at
    begins = cadence.at.hour * 60 + cadence.at.minute
    step = -(-cadence.minutes // STEP) * STEP
    latest = max(begins, LAST_MINUTE + 1 - cadence.minutes)
    return time(*divmod(min(begins + level * step, latest, LAST_MINUTE), 60))
