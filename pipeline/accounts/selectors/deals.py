"""The deals of an account, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.around import outcomes_of
from rhythm.people.models import User
from rhythm.web import formats
from rhythm.web.addresses import address

MOST_DEALS = 60


@dataclass(frozen=True)
class PlanDeal:
    """A deal of the account that the reader may see."""

    pk: int
    url: str
    name: str
    stage: str
    owner_id: int
    owner: str
    is_owner_active: bool
    amount: Decimal | None
    amount_text: str
    when: str
    is_open: bool
    is_won: bool
    products: Sequence[int]
    # The customer outcomes, a dict for each; see `outcomes_of`.
    outcomes: Sequence[dict[str, Any]]


def deals_of(account_id: int, viewer: User, today: date) -> list[PlanDeal]:
    """Return the account's deals that `viewer` may see, open ones first. One query."""
    currency = viewer.organisation.currency
    offered = Opportunity.products.through.objects.filter(opportunity=OuterRef("pk"))
    found: Any = (
        Opportunity.objects.visible_to(viewer)
        .filter(account=account_id)
        .select_related("stage", "owner")
        .annotate(
            product_ids=ArraySubquery(
                offered.order_by("product_id").values("product_id")
            ),
            wanted=outcomes_of("pk"),
        )
        .order_by(
            F("closed_on").desc(nulls_first=True),
            F("amount").desc(nulls_last=True),
            "-pk",
        )[:MOST_DEALS]
    )
    return [
        PlanDeal(
            pk=each.pk,
            url=address("opportunities:opportunity_detail", each.pk),
            name=each.name,
            stage=each.stage.name,
            owner_id=each.owner_id,
            owner=each.owner.name,
            is_owner_active=each.owner.is_active,
            amount=each.amount,
            amount_text=formats.money_short(each.amount, currency),
            when=formats.day(each.close_on if each.is_open else each.closed_on, today),
            is_open=each.is_open,
            is_won=each.outcome == "won",
            products=each.product_ids,
            outcomes=each.wanted,
        )
        for each in found
    ]


def open_value(deals: Sequence[PlanDeal]) -> Decimal:
    """Return what the open ones are worth together."""
    return sum((each.amount or Decimal() for each in deals if each.is_open), Decimal())
