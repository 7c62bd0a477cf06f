"""The agenda that is proposed before a review, with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from pipeline.opportunities.models import AmountSource, Opportunity
from pipeline.opportunities.reasons import Reason
from pipeline.opportunities.selectors.missing import shown_in
from pipeline.opportunities.selectors.rows import with_shown
from pipeline.reviews import agenda
from pipeline.reviews.models import Review
from pipeline.reviews.selectors import scope
from rhythm.people.models import Team, User
from rhythm.web import formats


@dataclass(frozen=True)
class ProposedRow:
    """A deal that may come on the agenda."""

    pk: int
    title: str
    deal: str
    owner: str
    stage: str
    amount: str
    is_list_price: bool
    close: str
    reasons: Sequence[Reason]
    is_ticked: bool
    is_added: bool


@dataclass(frozen=True)
class Proposal:
    """What a review would talk about."""

    talk: Sequence[ProposedRow]
    exceptions: Sequence[ProposedRow]
    beyond: int
    # Open deals in scope, and how many of them have nothing to say.
    open: int
    quiet: int
    room: int
    # Reviews of the same team or person that run now.
    running: Sequence[Review]

    @property
    def rows(self) -> list[ProposedRow]:
        return [*self.talk, *self.exceptions]

    @property
    def ticked(self) -> int:
        return sum(each.is_ticked for each in self.rows)


def propose_for(
    subject: Team | User,
    *,
    viewer: User,
    minutes: int,
    ticked: Iterable[int] | None,
    added: Iterable[int],
    now: datetime,
) -> Proposal:
    """Return the proposed agenda of a review with `subject`.

    ticked None proposes afresh; otherwise it says what to talk about. added are deals
    from anywhere that `viewer` sees. The number of queries does not grow with them.
    """
    by_hand = set(added)
    visible = Opportunity.objects.open().visible_to(viewer)
    in_scope = scope.deals_of(subject).values("pk")
    deals = list(
        with_shown(
            visible.filter(pk__in=in_scope) | visible.filter(pk__in=by_hand)
        ).order_by(F("amount").desc(nulls_last=True), "pk")[: scope.MOST_DEALS]
    )
    weighed = scope.candidates(deals, viewer=viewer, now=now, shown=shown_in(deals))
    own = [each for each in weighed if each.deal not in by_hand]
    proposed = agenda.propose(own, minutes=minutes)
    extra = [each for each in agenda.by_weight(weighed) if each.deal in by_hand]
    default = {each.deal for each in proposed.talk}
    chosen = default if ticked is None else set(ticked)
    known = {each.pk: each for each in deals}
    currency, today = viewer.organisation.currency, viewer.today(now)

    def row(each: agenda.Candidate) -> ProposedRow:
        deal = known[each.deal]
        return ProposedRow(
            pk=deal.pk,
            title=deal.headline,
            deal=deal.byline,
            owner=deal.owner.name,
            stage=deal.stage.name,
            amount=formats.money_short(deal.amount, currency),
            is_list_price=deal.amount_source == AmountSource.LIST_PRICE,
            close=formats.day(deal.close_on, today),
            reasons=each.reasons,
            is_ticked=each.deal in chosen or each.deal in by_hand,
            is_added=each.deal in by_hand,
        )

    return Proposal(
        talk=[row(each) for each in (*proposed.talk, *extra)],
        exceptions=[row(each) for each in proposed.exceptions],
        beyond=proposed.beyond,
        open=len(own),
        quiet=len(own)
        - len(proposed.talk)
        - len(proposed.exceptions)
        - proposed.beyond,
        room=agenda.room_for(minutes),
        running=_running(subject, viewer),
    )


def _running(subject: Team | User, viewer: User) -> list[Review]:
    same = {
        "meeting__team" if isinstance(subject, Team) else "meeting__person": subject
    }
    current = Review.objects.visible_to(viewer).in_progress().with_meeting()
    return list(current.filter(**same)[:3])
