"""The deal that a block is about, for those who may see it; and which to choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.reasons import Reason
from pipeline.opportunities.selectors.missing import shown_in
from pipeline.opportunities.selectors.rows import with_shown
from pipeline.reviews.agenda import by_weight
from pipeline.reviews.selectors import scope
from pipeline.runner.models import Block, BlockQuerySet
from rhythm.calendar.models import Meeting
from rhythm.people.models import User
from rhythm.web import formats

MOST_PROPOSED = 8
REASONS = 3


@dataclass(frozen=True)
class Case:
    """The essence of a deal."""

    title: str
    deal: str
    url: str
    owner: str
    stage: str
    amount: str
    close: str
    next_step: str
    next_step_on: str
    description: str


@dataclass(frozen=True)
class Proposed:
    """A deal that asks for a talk, and why."""

    pk: int
    title: str
    deal: str
    owner: str
    amount: str
    reasons: Sequence[Reason]


def with_case(blocks: BlockQuerySet, viewer: User) -> BlockQuerySet:
    """Fetch along each block's deal, and whether `viewer` may see that."""
    seen = Opportunity.objects.visible_to(viewer).filter(pk=OuterRef("opportunity"))
    return blocks.select_related(
        "opportunity__account", "opportunity__owner", "opportunity__stage"
    ).annotate(sees_case=Exists(seen))


def case_of(block: Block, viewer: User, *, now: datetime) -> Case | None:
    """Return the deal of a block that came through `with_case`; None if hidden."""
    deal = block.opportunity
    if deal is None or not block.sees_case:  # type: ignore[attr-defined]
        return None
    today = viewer.today(now)
    return Case(
        title=deal.headline,
        deal=deal.byline,
        url=deal.get_absolute_url(),
        owner=deal.owner.name,
        stage=deal.stage.name,
        amount=formats.money_short(deal.amount, viewer.organisation.currency),
        close=formats.day(deal.close_on, today),
        next_step=deal.next_step,
        next_step_on=formats.day(deal.next_step_on, today) if deal.next_step_on else "",
        description=deal.description,
    )


def proposed_cases(meeting: Meeting, viewer: User, *, now: datetime) -> list[Proposed]:
    """Return the deals of the team that most ask for a talk, as far as one sees them.

    The number of queries does not grow with them.
    """
    subject = meeting.team or meeting.person
    assert subject is not None
    visible = Opportunity.objects.visible_to(viewer)
    in_scope = visible.filter(pk__in=scope.deals_of(subject).values("pk"))
    by_size = with_shown(in_scope).order_by(F("amount").desc(nulls_last=True), "pk")
    deals = list(by_size[: scope.MOST_DEALS])
    known = {each.pk: each for each in deals}
    shown = shown_in(deals)
    weighed = by_weight(scope.candidates(deals, viewer=viewer, now=now, shown=shown))
    currency = viewer.organisation.currency
    return [
        Proposed(
            pk=each.deal,
            title=known[each.deal].headline,
            deal=known[each.deal].byline,
            owner=known[each.deal].owner.name,
            amount=formats.money_short(known[each.deal].amount, currency),
            reasons=each.reasons[:REASONS],
        )
        for each in weighed
        if each.reasons
    ][:MOST_PROPOSED]
