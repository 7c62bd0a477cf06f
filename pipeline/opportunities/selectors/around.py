"""What hangs on a deal, as columns of the deal: so one statement fetches all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject

from pipeline.opportunities.models import (
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
    OpportunityContact,
)
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from rhythm.people.models import User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Around(TypedDict):
    """What `with_parts` adds to a deal; lists hold a dict for each record."""

    records: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]
    parts: list[dict[str, Any]]
    product_names: list[str]
    is_editable: bool


type OpportunityWithParts = WithAnnotations[Opportunity, Around]


def with_parts(deals: OpportunityQuerySet, viewer: User) -> Any:
    """Add what hangs on each deal, and whether `viewer` may edit it."""
    editable = Opportunity.objects.editable_by(viewer).filter(pk=OuterRef("pk"))
    offered = Opportunity.products.through.objects.filter(opportunity=OuterRef("pk"))
    names = offered.order_by("product__name").values("product__name")
    return deals.annotate(
        records=records_of("pk"),
        outcomes=outcomes_of("pk"),
        parts=people_of("pk"),
        product_names=ArraySubquery(names),
        is_editable=Exists(editable),
    )


def records_of(deal: str) -> ArraySubquery:
    """Return what the deal says to milestones; `deal` names the column of its key."""
    found = MilestoneRecord.objects.filter(opportunity=OuterRef(deal)).order_by("pk")
    return ArraySubquery(
        found.values(
            json=JSONObject(
                milestone="milestone_id",
                is_met="is_met",
                answer="answer",
                contact="contact__name",
                evidence="evidence",
                done_on="done_on",
                by="recorded_by__name",
                at="recorded_at",
            )
        )
    )


def outcomes_of(deal: str, most: int | None = None) -> ArraySubquery:
    """Return what the customer wants, at most so many."""
    found = CustomerOutcome.objects.filter(opportunity=OuterRef(deal))
    order = ["pk"] if most is None else ["-confirmed_on", "pk"]
    return ArraySubquery(
        found.order_by(*order).values(
            json=JSONObject(
                pk="pk",
                words="words",
                metric="metric",
                baseline="baseline",
                target="target",
                confirmed_by="confirmed_by__name",
                title="confirmed_by__title",
                confirmed_on="confirmed_on",
                confirmed_how="confirmed_how",
            )
        )[:most]
    )


def people_of(deal: str, most: int | None = None) -> ArraySubquery:
    """Return who has a part in the deal, at most so many."""
    found = OpportunityContact.objects.filter(opportunity=OuterRef(deal))
    return ArraySubquery(
        found.order_by("pk").values(
            json=JSONObject(
                contact="contact_id",
                name="contact__name",
                title="contact__title",
                email="contact__email",
                role="role",
                version="version",
            )
        )[:most]
    )
