"""What changed in a deal on the way to what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from pipeline.process.models import Stage
from rhythm.people.models import User
from scorecards.demo.cast import PEOPLE, TEAMS
from scorecards.demo.days import Days
from scorecards.demo.deal import Deal
from scorecards.demo.history import PastChange
from scorecards.demo.organisation import Company

# A deal that came back had been there for so many days, and before that as usual.
AHEAD_DAYS = 12


@dataclass(frozen=True)
class Move:
    """A step forward, so many days ago."""

    days_ago: int
    left: Stage
    to: Stage


class Past:
    """Tells the past of deals, as their stories have it."""

    def __init__(
        self, company: Company, days: Days, open_stages: Sequence[Stage]
    ) -> None:
        self.company = company
        self.days = days
        self.open_stages = open_stages
        managers = {each.name: each.manager for each in TEAMS}
        self._managers = {each.key: managers[each.team] for each in PEOPLE if each.team}

    def left_ago(self, deal: Deal, stage: Stage) -> int:
        """Return how many days ago `stage` was done, as far as it is."""
        steps = deal.stage - (stage.position - self.open_stages[0].position)
        if deal.closed:
            # The last stage took as long as each before it.
            length = (deal.age - deal.closed_ago) / (deal.stage + 1)
            return self.days.workday(round(deal.closed_ago + steps * length))
        if steps <= 0:
            return deal.stage_days // 2
        between = (deal.age - deal.stage_days) / (deal.stage or 1)
        return round(deal.stage_days + (steps - 1) * between)

    def moves(self, deal: Deal) -> list[Move]:
        """Return the steps forward of a deal that never came back, oldest first."""
        stages = self.open_stages[: deal.stage + 1]
        return [
            Move(self.left_ago(deal, left), left, to) for left, to in pairwise(stages)
        ]

    def changes(self, deal: Deal, owner: User) -> list[PastChange]:
        """Return the changes that led to the deal as it is."""
        by = owner.pk
        changes = [
            PastChange(
                self.days.ago(each.days_ago, 15),
                by,
                {"close_on": self.days.on(each.was_in)},
            )
            for each in deal.slips
        ]
        if deal.amount_was:
            ago, before = deal.amount_was
            changes.append(
                PastChange(self.days.ago(ago, 14), by, {"amount": Decimal(before)})
            )
        if deal.owner_was:
            ago, key = deal.owner_was
            manager = self.company.people[self._managers[key]]
            was = self.company.people[key]
            changes.append(
                PastChange(self.days.ago(ago, 16), manager.pk, {"owner_id": was.pk})
            )
        return [*changes, *self._closing(deal, by), *self._steps(deal, by)]

    def _closing(self, deal: Deal, by: int) -> list[PastChange]:
        if not deal.closed:
            return []
        before = {
            "stage_id": self.open_stages[deal.stage].pk,
            "outcome": "",
            "closed_on": None,
            "closed_from_id": None,
            "close_reason": "",
        }
        return [PastChange(self.days.ago(deal.closed_ago, 17), by, before)]

    def _steps(self, deal: Deal, by: int) -> list[PastChange]:
        stages = self.open_stages
        moves = []
        if deal.back:
            ago = deal.back[0]
            before = {"stage_id": stages[deal.stage + 1].pk, "move_reason": ""}
            moves.append(PastChange(self.days.ago(ago, 12), by, before))
            came = self.days.ago(ago + AHEAD_DAYS, 12)
            moves.append(PastChange(came, by, {"stage_id": stages[deal.stage].pk}))
        for each in self.moves(deal):
            left = self.days.ago(each.days_ago)
            if deal.back:
                left -= timedelta(days=AHEAD_DAYS + 2)
            moves.append(PastChange(left, by, {"stage_id": each.left.pk}))
        return moves
