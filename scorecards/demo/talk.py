"""What the cast says about deals, and asks."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.comments import services
from pipeline.comments.services.writing import Words
from scorecards.demo.days import Days
from scorecards.demo.deals import Told
from scorecards.demo.organisation import Company


def tell(told: Sequence[Told], company: Company, days: Days) -> None:
    """Let them say it through the services, as on the page of the deal."""
    for each in told:
        for said in each.deal.said:
            made = services.comment(
                each.opportunity,
                Words(said.text),
                by=company.people[said.by],
                now=days.ago(said.days_ago, 9, 20),
                asks=said.asks,
            )
            if said.answer:
                services.reply(
                    made,
                    Words(said.answer),
                    by=each.owner,
                    now=days.ago(said.answered_ago, 8, 40),
                    answers=True,
                )
