"""The deals that an edit of the process would hold up, by rep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import ngettext

from pipeline.opportunities.models import Opportunity
from pipeline.process.gates import ALWAYS, Binding
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
    binding: Binding = ALWAYS


@dataclass(frozen=True)
class Found:
    """An open deal of the stage with what it has shown."""

    pk: int
    owner_id: int
    owner: str
    amount: Decimal
    stage_id: int
    made_at: datetime
    met: frozenset[int]
    has_outcome: bool

    def lacks(self, need: Need, now: datetime) -> bool:
        if not need.binding.binds(made_at=self.made_at, now=now):
            return False
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


def total(deals: Iterable[Found]) -> Decimal:
    return sum((each.amount for each in deals), Decimal(0))


def by_rep(
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
            amount=formats.money(total(deals), currency),
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
