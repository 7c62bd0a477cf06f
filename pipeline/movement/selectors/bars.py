"""How many deals and how much value each bar counts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.movement.bars import BARS, CHANGES, MOVES, Bar
from pipeline.movement.days import Span
from pipeline.movement.selectors.asof import Scope, both_ends, fetch
from rhythm.people.models import User


@dataclass(frozen=True)
class Counted:
    """A bar with what it counts. value has its sign."""

    bar: Bar
    deals: int
    value: Decimal


@dataclass(frozen=True)
class Movement:
    """What happened between the two ends of a span."""

    # From what was open before to what is open after; they add up.
    changes: list[Counted]
    # What changes no value: stages and close dates.
    moves: list[Counted]

    @property
    def is_still(self) -> bool:
        """Whether nothing happened at all."""
        return not any(each.deals for each in (*self.changes[1:-1], *self.moves))

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing that could have moved."""
        return self.is_still and not self.changes[0].deals


def movement_of(viewer: User, scope: Scope, span: Span) -> Movement:
    """Return what moved in the span, of what the viewer may see. One query."""
    ends, parameters = both_ends(viewer, scope, span)
    figures = ", ".join(
        f"count(*) FILTER (WHERE {bar.holds}) AS {name}_deals,"
        f" coalesce(sum({bar.value}) FILTER (WHERE {bar.holds}), 0) AS {name}_value"
        for name, bar in BARS.items()
    )
    # Every part is a constant of ours; every value is a parameter.
    sql = f"SELECT {figures} FROM ({ends}) moved"  # noqa: S608
    [row] = fetch(sql, parameters)

    def counted(bar: Bar) -> Counted:
        return Counted(bar, row[f"{bar.name}_deals"], row[f"{bar.name}_value"])

    return Movement([counted(bar) for bar in CHANGES], [counted(bar) for bar in MOVES])
