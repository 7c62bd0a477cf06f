"""How many deals and how much value each bar counts."""

from __future__ import annotations

from collections.abc import Iterable
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


def counts_of(
    viewer: User, scope: Scope, span: Span, bars: Iterable[Bar]
) -> dict[str, Counted]:
    """Return what each of the bars counts, of what the viewer may see. One query."""
    shown = list(bars)
    ends, parameters = both_ends(viewer, scope, span)
    figures = ", ".join(
        f"count(*) FILTER (WHERE {bar.holds}) AS {bar.name}_deals,"
        f" coalesce(sum({bar.value}) FILTER (WHERE {bar.holds}), 0)"
        f" AS {bar.name}_value"
        for bar in shown
    )
    # Every part is a constant of ours; every value is a parameter.
    sql = f"SELECT {figures} FROM ({ends}) moved"  # noqa: S608
    [row] = fetch(sql, parameters)
    return {
        bar.name: Counted(bar, row[f"{bar.name}_deals"], row[f"{bar.name}_value"])
        for bar in shown
    }


def movement_of(viewer: User, scope: Scope, span: Span) -> Movement:
    """Return what moved in the span, of what the viewer may see. One query."""
    counted = counts_of(viewer, scope, span, BARS.values())
    return Movement(
        [counted[bar.name] for bar in CHANGES], [counted[bar.name] for bar in MOVES]
    )
