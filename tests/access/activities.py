"""Rita logged something on her deal."""

from typing import Any
from uuid import uuid4

from pipeline.opportunities.models import Opportunity
from tests.access import World, row
from tests.factories.activities import ActivityFactory, ActivityKindFactory
from tests.factories.opportunities import AccountFactory, OpportunityFactory


def ritas_deal(world: World) -> list[Any]:
    return [OpportunityFactory(owner=world.rita).pk]


def account(world: World) -> list[Any]:
    return [AccountFactory().pk]


def logged(world: World) -> list[Any]:
    deal = OpportunityFactory(owner=world.rita)
    return [ActivityFactory(opportunity=deal).pk]


def kind(world: World) -> list[Any]:
    return [ActivityKindFactory().pk]


def on_ritas_deal(world: World) -> dict[str, Any]:
    deal = Opportunity.objects.filter(owner=world.rita).first()
    deal = deal or OpportunityFactory(owner=world.rita)
    return {
        "kind": ActivityKindFactory().pk,
        "subject": f"deal:{deal.pk}",
        "submission_key": str(uuid4()),
        "version": "1",
    }


def order(world: World) -> dict[str, Any]:
    return {"order": str(ActivityKindFactory().pk)}


ROWS = [
    row("activities:activity_list", everybody=200),
    row("activities:log", everybody=200, executive=403),
    row(
        "activities:log",
        "post",
        data=on_ritas_deal,
        everybody=302,
        peer=422,
        executive=403,
    ),
    row("activities:subject_options", everybody=200),
    row("activities:people_options", everybody=200),
    row("activities:activity_edit", args=logged, everybody=403, owner=200, peer=404),
    row(
        "activities:activity_edit",
        "post",
        args=logged,
        data=on_ritas_deal,
        everybody=403,
        owner=302,
        peer=404,
    ),
    row(
        "activities:activity_remove",
        "post",
        args=logged,
        everybody=403,
        owner=302,
        peer=404,
    ),
    row(
        "activities:activity_put_back",
        "post",
        args=logged,
        everybody=403,
        owner=302,
        peer=404,
    ),
    row("activities:opportunity_activities", args=ritas_deal, everybody=302, peer=404),
    row("activities:account_activities", args=account, everybody=302),
    row("activities:kind_list", admins=200),
    row("activities:kind_create", admins=200),
    row(
        "activities:kind_create",
        "post",
        data={"name": "Workshop", "icon": "easel"},
        admins=302,
    ),
    row("activities:order_kinds", "post", data=order, admins=302),
    row("activities:kind_edit", args=kind, admins=200),
    row(
        "activities:kind_edit",
        "post",
        args=kind,
        data={"name": "Ring", "icon": "easel", "version": "1"},
        admins=302,
    ),
    row("activities:kind_offer", "post", args=kind, admins=302),
]
