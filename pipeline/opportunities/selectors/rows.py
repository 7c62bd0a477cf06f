"""Deals as plain rows, for lists of many: a model of each would take twice as long."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Func, IntegerField, OuterRef

from pipeline.opportunities.models import (
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
)
from pipeline.opportunities.models.opportunities import OpportunityQuerySet


class DealRow(NamedTuple):
    """What cards, flags and movement read of a deal. Named as lookups name it."""

    pk: int
    version: int
    name: str
    source: str
    owner_id: int
    owner__name: str
    process_id: int
    stage_id: int
    stage__name: str
    stage__probability: Decimal
    stage_since: datetime
    is_gated: bool
    move_reason: str
    amount: Decimal | None
    amount_source: str
    close_on: date | None
    next_step: str
    next_step_on: date | None
    closed_on: date | None
    opened_on: date
    created_at: datetime
    last_activity_at: datetime | None
    gone_since: datetime | None
    # What it has shown.
    met_ids: list[int]
    has_confirmed: bool
    account__name: str | None
    # What the caller asked for beside it.
    more: tuple[Any, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


NAMES = DealRow._fields[:-1]
# What is told of many deals reads them as rows, what is told of one as it is.
type Deal = Opportunity | DealRow


def with_shown(deals: OpportunityQuerySet) -> OpportunityQuerySet:
    """Add the milestones met and whether an outcome is confirmed; fetch names along."""
    return _shown(deals.select_related("account", "owner", "stage"))


def rows_of(deals: OpportunityQuerySet, *more: str) -> list[DealRow]:
    """Return the deals with what they have shown, in their order. One query.

    more names annotations of the deals that the rows shall hold too.
    """
    place = len(NAMES)
    found = _shown(deals).values_list(*NAMES, *more)
    return [DealRow._make((*each[:place], each[place:])) for each in found]


def counted_in(deals: OpportunityQuerySet) -> Func:
    """Return how many deals there are, to be fetched along with rows of others."""
    keys = ArraySubquery(deals.values("pk"))
    return Func(keys, function="CARDINALITY", output_field=IntegerField())


def row_of(deal: Opportunity) -> DealRow:
    """Return the row of a deal from `with_shown`. No query."""
    values = (attrgetter(name.replace("__", "."))(deal) for name in NAMES[:-1])
    account = deal.account.name if deal.account else None
    return DealRow._make((*values, account, ()))


def _shown(deals: OpportunityQuerySet) -> OpportunityQuerySet:
    met = MilestoneRecord.objects.filter(opportunity=OuterRef("pk"), is_met=True)
    confirmed = CustomerOutcome.objects.filter(opportunity=OuterRef("pk"))
    return deals.annotate(
        met_ids=ArraySubquery(met.order_by().values("milestone_id")),
        has_confirmed=Exists(confirmed.exclude(confirmed_by=None)),
    )
