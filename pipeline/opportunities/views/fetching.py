"""Deals with what the sheets about them show."""

from __future__ import annotations

from django.http import HttpRequest

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from rhythm.people.access import acting_user, editable_or_403


def shown_deals() -> OpportunityQuerySet:
    """Return the deals with what stands at the head of a sheet."""
    return Opportunity.objects.select_related("stage", "account", "owner")


def editable_deal(request: HttpRequest, pk: int) -> Opportunity:
    """Return a deal that the person may change; otherwise answer 403 or 404."""
    return editable_or_403(shown_deals(), acting_user(request), pk=pk)
