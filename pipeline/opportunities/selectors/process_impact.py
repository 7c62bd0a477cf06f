"""What an edit of a stage would mean for the deals that are in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.opportunities.models import (
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
)
from pipeline.process.drafts import MilestoneDraft, StageDraft
from pipeline.process.models import Importance, Stage
from rhythm.people.models import User
from rhythm.web import formats

DEALS_PER_REP = 5
REPS = 12


@dataclass(frozen=True)
class Need:
    """Something that the edited gate would require."""

    title: str
    # None is a new milestone, which no deal can have met, or the confirmed outcome.
    milestone_id: int | None
    is_outcome: bool
    # Not required today.
    is_added: bool


@dataclass(frozen=True)
class Found:
    """An open deal of the stage with what it has shown."""

    pk: int
    owner_id: int
    owner: str
    amount: Decimal
    met: frozenset[int]
    has_outcome: bool

    def lacks(self, need: Need) -> bool:
        if need.is_outcome:
            return not self.has_outcome
        return need.milestone_id not in self.met


@dataclass(frozen=True)
class ImpactDeal:
    pk: int
    name: str
    account: str
    amount: str
    # The titles of what it would miss.
    missing: str
    # Because of this edit.
    is_new: bool


@dataclass(frozen=True)
class ImpactRep:
    name: str
    count: int
    deals_text: str
    amount: str
    deals: tuple[ImpactDeal, ...]
    # How many deals are not listed.
    more: int


@dataclass(frozen=True)
class Impact:
    """Which open deals in the stage would fail its gate."""

    # Open deals in the stage.
    open: int
    failing: int
    # Those that miss something more than today because of the edit.
    added: int
    # The sum of those that fail.
    amount: str
    # What most of them miss.
    mostly: str
    reps: tuple[ImpactRep, ...]
    # How many people's deals are not listed.
    more_reps: int


def process_impact(
    stage: Stage,
    before: StageDraft,
    after: StageDraft,
    *,
    viewer: User,
    answers: Mapping[int, int | None] | None = None,
) -> Impact:
    """Return which of the open deals in `stage` would fail its gate after an edit.

    A gate concerns the deals that are to leave the stage: those in it. before is what
    is stored, after what would be. answers says which milestone takes over the answers
    of a removed one. Three queries, whatever the number of deals.
    """
    needs = _needs(before, after)
    deals = _deals(stage, viewer, answers or {})
    failing = {
        each: lacking
        for each in deals
        if (lacking := [need for need in needs if each.lacks(need)])
    }
    added = {
        deal.pk
        for deal, lacking in failing.items()
        if any(need.is_added for need in lacking)
    }
    currency = viewer.organisation.currency
    counted = Counter(need for lacking in failing.values() for need in lacking)
    reps = _by_rep(failing, added, currency)
    return Impact(
        open=len(deals),
        failing=len(failing),
        added=len(added),
        amount=formats.money_short(_sum(failing), currency),
        # Of two that as many miss, the one that the edit brings.
        mostly=max(needs, key=lambda each: (counted[each], each.is_added)).title
        if failing
        else "",
        reps=tuple(reps[:REPS]),
        more_reps=max(len(reps) - REPS, 0),
    )


def answers_to(milestone_ids: Iterable[int]) -> dict[int, int]:
    """Return how many deals have said something to each milestone. One query."""
    records = MilestoneRecord.objects.filter(milestone__in=list(milestone_ids))
    counted = records.order_by().values("milestone").annotate(n=Count("pk"))
    return dict(counted.values_list("milestone", "n"))


def _needs(before: StageDraft, after: StageDraft) -> list[Need]:
    """Return what the edited gate requires, and what of it is new."""
    required = {each.id for each in before.milestones if _is_required(each)}
    needs = [
        Need(
            title=each.title,
            milestone_id=each.id,
            is_outcome=False,
            is_added=each.id is None or each.id not in required,
        )
        for each in after.milestones
        if _is_required(each)
    ]
    if after.needs_outcome:
        title = _("Confirmed customer outcome")
        is_added = not before.needs_outcome
        needs.append(Need(title, None, is_outcome=True, is_added=is_added))
    return needs


def _is_required(milestone: MilestoneDraft) -> bool:
    return milestone.importance == Importance.REQUIRED


def _deals(
    stage: Stage, viewer: User, answers: Mapping[int, int | None]
) -> list[Found]:
    met = MilestoneRecord.objects.filter(
        opportunity=OuterRef("pk"), milestone__stage=stage, is_met=True
    )
    confirmed = CustomerOutcome.objects.filter(opportunity=OuterRef("pk")).exclude(
        confirmed_by=None
    )
    rows = (
        Opportunity.objects.visible_to(viewer)
        .open()
        .filter(stage=stage)
        .annotate(
            met=ArraySubquery(met.values("milestone_id")), has_outcome=Exists(confirmed)
        )
        .values_list("pk", "owner_id", "owner__name", "amount", "met", "has_outcome")
    )
    return [
        Found(
            pk=pk,
            owner_id=owner_id,
            owner=owner,
            amount=amount or Decimal(0),
            met=frozenset(answers.get(each, each) or each for each in found),
            has_outcome=has_outcome,
        )
        for pk, owner_id, owner, amount, found, has_outcome in rows
    ]


def _sum(deals: Iterable[Found]) -> Decimal:
    return sum((each.amount for each in deals), Decimal(0))


def _by_rep(
    failing: Mapping[Found, list[Need]], added: set[int], currency: str
) -> list[ImpactRep]:
    """Return the failing deals by owner, the owner with most first."""
    by_owner: dict[int, list[Found]] = defaultdict(list)
    for deal in failing:
        by_owner[deal.owner_id].append(deal)
    for deals in by_owner.values():
        # What the edit brings comes first, then the largest.
        deals.sort(key=lambda each: (each.pk not in added, -each.amount, each.pk))
    groups = sorted(by_owner.values(), key=lambda deals: (-len(deals), deals[0].owner))
    shown = [deal.pk for deals in groups[:REPS] for deal in deals[:DEALS_PER_REP]]
    named = {
        pk: (name, account or "")
        for pk, name, account in Opportunity.objects.filter(pk__in=shown).values_list(
            "pk", "name", "account__name"
        )
    }
    return [
        ImpactRep(
            name=deals[0].owner,
            count=len(deals),
            deals_text=ngettext("%(n)d deal", "%(n)d deals", len(deals))
            % {"n": len(deals)},
            amount=formats.money(_sum(deals), currency),
            deals=tuple(
                ImpactDeal(
                    pk=each.pk,
                    name=named[each.pk][0],
                    account=named[each.pk][1],
                    amount=formats.money_short(each.amount, currency),
                    missing=", ".join(need.title for need in failing[each]),
                    is_new=each.pk in added,
                )
                for each in deals[:DEALS_PER_REP]
                if each.pk in named
            ),
            more=max(len(deals) - DEALS_PER_REP, 0),
        )
        for deals in groups
    ]
