"""Activities."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from pipeline.activities.models import ActivityKind
from pipeline.activities.services import create_starter_kinds
from pipeline.opportunities.models import Opportunity
from tests.browser.cases import PageCase
from tests.factories.activities import ActivityFactory
from tests.factories.opportunities import (
    ContactFactory,
    OpportunityFactory,
)


def a_deal(get: Callable[[str], Any]) -> list[Any]:
    """Make deals of Rita's with people, and the kinds of activity."""
    create_starter_kinds()
    for name in ("Brennecke, line 2", "Silverline pilot", "Galloway retrofit"):
        deal = OpportunityFactory(owner=get("rita"), name=name)
        ContactFactory(account=deal.account, title="Head of maintenance")
    return []


def an_activity(get: Callable[[str], Any]) -> list[Any]:
    """Return an activity of Rita's."""
    kind = create_starter_kinds()[0]
    deal = OpportunityFactory(owner=get("rita"))
    made = ActivityFactory(opportunity=deal, kind=kind, outcome="They agree")
    return [made.pk]


def activities(get: Callable[[str], Any]) -> list[Any]:
    """Make a week of Rita's."""
    a_deal(get)
    now = timezone.now()
    for deal in Opportunity.objects.filter(owner=get("rita")):
        for number, kind in enumerate(ActivityKind.objects.all()[:5]):
            ActivityFactory(
                opportunity=deal,
                kind=kind,
                outcome="They bring the maintenance lead to the survey",
                minutes=15 * number or None,
                happened_at=now - timedelta(days=number, hours=deal.pk % 7),
            )
    return []


PAGES = [
    PageCase("activities:log", "rita", a_deal),
    PageCase("activities:activity_list", "rita", activities),
    PageCase("activities:activity_list", "lena", activities, "?by=deal"),
    PageCase("activities:activity_list", "otto"),
    PageCase("activities:activity_edit", "rita", an_activity),
    PageCase("activities:kind_list", "ada", a_deal),
    PageCase("activities:kind_create", "ada"),
]
