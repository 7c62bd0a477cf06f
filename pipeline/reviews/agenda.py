"""What a review talks about first. No database, no clock.

Each deal in scope comes with its reasons. Every reason has a weight; a deal's weight is
the sum of them, so two small reasons may outrank a big one. Deals that the last review
left over come first. The order is fixed by weight, amount and number, so the same deals
always give the same agenda. As many as the planned minutes hold are talked about; the
others are exceptions only; deals without a reason stay away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.opportunities.reasons import LEFT_OVER, Reason

# A deal takes so long, as seen in reviews that were held.
MINUTES_PER_DEAL = Decimal("2.5")
FEWEST_DEALS, MOST_DEALS = 3, 30
# Beyond so many, a list of exceptions is not read any more.
MOST_EXCEPTIONS = 60

WEIGHTS = {
    LEFT_OVER: 100,
    "commitment_broken": 50,
    "milestones_missing": 45,
    "overdue": 45,
    "slipped": 40,
    "moved_back": 40,
    "stuck": 35,
    "idle": 30,
    "no_next_step": 25,
    "commitment_due": 20,
    "big": 15,
    "new": 10,
}
# A reason from elsewhere that this list does not know yet.
OTHER_WEIGHT = 10
# By itself this asks for no talk; it only makes others weigh more.
NO_REASON_ALONE = frozenset({"big"})


@dataclass(frozen=True)
class Candidate:
    """A deal that may come on the agenda."""

    deal: int
    # In the organisation's currency. None counts as nothing.
    amount: Decimal | None
    reasons: tuple[Reason, ...]
    # The last review had it on its agenda and did not decide it.
    is_left_over: bool = False

    @property
    def weight(self) -> int:
        """Return how much it asks for a talk."""
        return sum(WEIGHTS.get(each.kind, OTHER_WEIGHT) for each in self.reasons)

    @property
    def has_a_say(self) -> bool:
        """Whether anything but its size puts it on the agenda."""
        return self.is_left_over or any(
            each.kind not in NO_REASON_ALONE for each in self.reasons
        )


@dataclass(frozen=True)
class Agenda:
    """A proposal: what to talk about, and what only if somebody asks."""

    talk: list[Candidate] = field(default_factory=list)
    exceptions: list[Candidate] = field(default_factory=list)
    # How many more have a reason, and are not even exceptions.
    beyond: int = 0


def room_for(minutes: int) -> int:
    """Return how many deals can be talked about in `minutes`."""
    deals = int(minutes / MINUTES_PER_DEAL)
    return max(FEWEST_DEALS, min(deals, MOST_DEALS))


def by_weight(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates in the order in which they ask for a talk."""
    return sorted(
        candidates,
        key=lambda each: (
            not each.is_left_over,
            -each.weight,
            -(each.amount or Decimal(0)),
            each.deal,
        ),
    )


def propose(candidates: Iterable[Candidate], *, minutes: int) -> Agenda:
    """Return the agenda for a review of so many planned minutes.

    An empty one is good news: nothing asks for a talk.
    """
    ordered = by_weight(each for each in candidates if each.has_a_say)
    room = room_for(minutes)
    last = room + MOST_EXCEPTIONS
    return Agenda(
        talk=ordered[:room],
        exceptions=ordered[room:last],
        beyond=max(len(ordered) - last, 0),
    )


def reasons_by_weight(reasons: Iterable[Reason]) -> list[Reason]:
    """Return the reasons of one deal, the weightiest first."""
    return sorted(
        reasons, key=lambda each: (-WEIGHTS.get(each.kind, OTHER_WEIGHT), each.kind)
    )
