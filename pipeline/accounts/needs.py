"""Which plans a review goes through first. No database, no clock.

Every reason has a weight; a plan's weight is the sum of them. What the last review left
over comes first. The same plans always give the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.opportunities.reasons import LEFT_OVER, Reason

WEIGHTS = {
    LEFT_OVER: 200,
    "never_reviewed": 60,
    "commitment_broken": 45,
    "overdue": 40,
    "high_risk": 40,
    "no_move": 35,
    "risks": 15,
    "big": 10,
}
OTHER_WEIGHT = 10
# An account takes so long.
MINUTES_PER_PLAN = 15
FEWEST_PLANS, MOST_PLANS = 2, 20


@dataclass(frozen=True)
class Need:
    """A plan that may come on the agenda."""

    plan: int
    # Of the open deals, in the organisation's currency.
    value: Decimal
    reasons: Sequence[Reason]

    @property
    def weight(self) -> int:
        return sum(WEIGHTS.get(each.kind, OTHER_WEIGHT) for each in self.reasons)


def most_in_need(needs: Iterable[Need]) -> list[Need]:
    """Return the plans in the order in which they ask for a talk."""
    return sorted(needs, key=lambda each: (-each.weight, -each.value, each.plan))


def room_for(minutes: int) -> int:
    """Return how many plans can be gone through in `minutes`."""
    return max(FEWEST_PLANS, min(minutes // MINUTES_PER_PLAN, MOST_PLANS))
