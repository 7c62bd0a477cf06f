"""What reviews decided: by what became of the deal, otherwise by chance."""

from __future__ import annotations

from datetime import datetime
from random import Random

from pipeline.opportunities.models import Outcome
from pipeline.reviews.models import DealChange, Decision, ReviewItem
from scorecards.demo.deal import Deal
from scorecards.demo.deals import Told
from scorecards.demo.moves import Move, Past

ROUTINE = (
    (Decision.KEEP, ""),
    (Decision.KEEP, ""),
    (Decision.KEEP, ""),
    (Decision.COACH, "Whom have you not met yet, and why?"),
    (Decision.COACH, "What happens to them if nothing happens?"),
    (Decision.REQUALIFY, ""),
    (Decision.PARK, "Amount for the quarter"),
)
NOTES = (
    "The champion talks to the economic buyer on Thursday; we prepare it together.",
    "Nobody has seen the second line yet. The survey comes first.",
    "Purchasing asked for a discount before anybody asked for the product.",
    "They compare us with doing nothing. The cost of that is not agreed.",
    "The date is ours, not theirs: ask what happens at their side on that day.",
    "Strong champion, no access above. Ask for the introduction.",
    "The pilot runs; two findings so far. Write them down with the customer.",
    "Good week: both open points are confirmed.",
)
ASKED = (
    "What did the customer say, in their words?",
    "What is the next step on their side?",
    "Who loses if this does not happen?",
    "What would make us walk away?",
)
SKIPPED = ("Not here this week", "No time left", "Waits for the site visit")
# A review decides what happens within so many days after it.
AFTER = 4


class Decisions:
    """Decides what was said about each deal."""

    def __init__(self, random: Random, past: Past) -> None:
        self.random = random
        self.past = past

    def change_of(self, deal: Deal, ago: int) -> Move | str | None:
        """Return what happened to the deal after a review so many days ago.

        A step forward, "walked_away", or None.
        """
        if deal.closed == Outcome.WALKED_AWAY and 0 <= ago - deal.closed_ago <= AFTER:
            return deal.closed
        if deal.back:
            return None
        steps = self.past.moves(deal)
        return next((each for each in steps if 0 <= ago - each.days_ago <= AFTER), None)

    def decide(
        self,
        item: ReviewItem,
        told: Told,
        ago: int,
        at: datetime,
        *,
        is_latest: bool,
        is_full: bool,
    ) -> None:
        """Fill the item in: its decision, and of recent reviews its note."""
        deal = told.deal
        if not is_latest and self.random.random() < 0.03:
            item.skip_reason = self.random.choice(SKIPPED)
            return
        item.decided_by, item.decided_at = item.review.meeting.chair, at
        item.decision, item.decision_text = self.random.choice(ROUTINE)
        change = None if is_latest else self.change_of(deal, ago)
        if isinstance(change, Move):
            item.decision, item.decision_text = Decision.ADVANCE, ""
            item.deal_change = DealChange.MOVED
            item.moved_from, item.moved_to = change.left.name, change.to.name
        elif change:
            item.decision, item.decision_text = Decision.WALK_AWAY, deal.close_reason
        if is_latest and deal.promises:
            item.decision, item.decision_text = Decision.KEEP, ""
        if is_latest and deal.note:
            item.note = deal.note
        elif is_full and not deal.note and self.random.random() < 0.45:
            item.note = self.random.choice(NOTES)
        if is_full and self.random.random() < 0.4:
            item.asked = [self.random.choice(ASKED)]
