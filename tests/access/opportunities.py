"""Deals, and the thin records around them. A deal is Rita's unless a row says other."""

from __future__ import annotations

from typing import Any

from pipeline.opportunities.models import Opportunity
from pipeline.process.models import Stage
from tests.access import World, row
from tests.factories.opportunities import (
    AccountFactory,
    BulkRunFactory,
    ContactFactory,
    CustomerOutcomeFactory,
    OpportunityContactFactory,
    OpportunityFactory,
    ProductFactory,
    SavedViewFactory,
)
from tests.factories.process import MilestoneFactory, a_process

# Who may change Rita's deal; executives read.
EDIT = {"owner": 200, "lead": 200, "peer": 404, "above": 200}
EDIT |= {"executive": 403, "admin": 200}
SAVE = EDIT | {"owner": 302, "lead": 302, "above": 302, "admin": 302}
SEE = EDIT | {"executive": 200}


def deal(world: World, **values: Any) -> Opportunity:
    return OpportunityFactory(owner=world.rita, **values)


def ritas(world: World) -> list[int]:
    return [deal(world).pk]


def closed(world: World) -> list[int]:
    process = a_process()
    won = process.stages.get(kind="won")
    lost = deal(world, stage=won, outcome="won", closed_on="2026-01-01")
    return [lost.pk]


def another_stage(world: World) -> dict[str, Any]:
    return {"to": Stage.objects.get(name="Propose").pk, "version": 1}


def outcome(world: World) -> list[int]:
    return [CustomerOutcomeFactory(opportunity=deal(world)).pk]


def milestone(world: World) -> list[int]:
    own = deal(world)
    return [own.pk, MilestoneFactory(stage=own.stage).pk]


def part(world: World) -> list[int]:
    own = OpportunityContactFactory(opportunity=deal(world))
    return [own.opportunity_id, own.contact_id]


def cell(world: World) -> list[Any]:
    return [*ritas(world), "amount"]


def account(world: World) -> list[int]:
    return [AccountFactory().pk]


def contact(world: World) -> list[int]:
    return [ContactFactory().pk]


def product(world: World) -> list[int]:
    return [ProductFactory().pk]


def stage(world: World) -> list[int]:
    return [a_process().stages.get(name="Discover").pk]


def chosen(world: World) -> dict[str, Any]:
    marks = f"{deal(world).pk}-1"
    return {"do": "step", "deals": marks, "next_step": "Call them again"}


def given_away(world: World) -> dict[str, Any]:
    return {"do": "owner", "deals": f"{deal(world).pk}-1", "to": world.lena.pk}


def run(world: World) -> list[int]:
    return [BulkRunFactory(by=world.rita).pk]


def view(world: World) -> list[int]:
    return [SavedViewFactory(owner=world.rita).pk]


def shared_view(world: World) -> list[int]:
    return [SavedViewFactory(owner=world.rita, is_for_all=True).pk]


READERS = {"executive": 403}
OWN_VIEW = {"owner": 200, "lead": 404, "peer": 404, "above": 404}
OWN_VIEW |= {"executive": 404, "admin": 404}
SHARED_VIEW = {"owner": 200, "lead": 403, "peer": 403, "above": 403}
SHARED_VIEW |= {"executive": 403, "admin": 200}

ROWS = [
    row("opportunities:board", everybody=200),
    row("opportunities:board_cards", args=stage, everybody=200),
    row("opportunities:opportunity_list", everybody=200),
    row("opportunities:view_create", everybody=200),
    row("opportunities:view_create", "post", data={"name": "Late"}, everybody=302),
    row("opportunities:view_edit", args=view, **OWN_VIEW),
    row(
        "opportunities:view_edit",
        "post",
        args=view,
        data={"name": "Late", "version": 1},
        **(OWN_VIEW | {"owner": 302}),
    ),
    row("opportunities:view_edit", args=shared_view, **SHARED_VIEW),
    row(
        "opportunities:view_edit",
        "post",
        args=shared_view,
        data={"name": "Late", "share": "all", "version": 1},
        **(SHARED_VIEW | {"owner": 302, "admin": 302}),
    ),
    *(
        row(
            f"opportunities:view_{name}",
            "post",
            args=view,
            data={"version": 1, "asked": "state=won"},
            **(OWN_VIEW | {"owner": 302}),
        )
        for name in ("update", "remove", "default")
    ),
    row(
        "opportunities:view_default",
        "post",
        args=shared_view,
        data={"wanted": "1"},
        everybody=302,
    ),
    row("opportunities:opportunity_export", "post", everybody=200),
    row(
        "opportunities:opportunity_export",
        "post",
        data={"form": "xlsx", "state": "all"},
        everybody=200,
    ),
    row("opportunities:opportunity_totals", everybody=200),
    row(
        "opportunities:opportunity_totals",
        data={"group": "owner", "state": "all"},
        everybody=200,
    ),
    # Without a deal, or with none that one sees, it leads back to the table.
    row("opportunities:bulk_edit", everybody=302, **READERS),
    row("opportunities:bulk_edit", "post", data=chosen, everybody=302, **READERS),
    row(
        "opportunities:bulk_edit",
        "post",
        data=given_away,
        everybody=302,
        **(READERS | {"owner": 403, "peer": 403}),
    ),
    row(
        "opportunities:bulk_run",
        args=run,
        everybody=404,
        owner=200,
    ),
    row("opportunities:opportunity_create", everybody=200, **READERS),
    row("opportunities:opportunity_create", "post", everybody=422, **READERS),
    row("opportunities:opportunity_detail", args=ritas, **SEE),
    row("opportunities:opportunity_history", args=ritas, **SEE),
    row("opportunities:opportunity_edit", args=ritas, **EDIT),
    row(
        "opportunities:opportunity_edit",
        "post",
        args=ritas,
        data={"name": "New", "version": 1},
        **SAVE,
    ),
    # Without htmx the whole edit page does what the cell does.
    row(
        "opportunities:opportunity_cell",
        args=cell,
        **(SAVE | {"executive": 403}),
    ),
    row(
        "opportunities:opportunity_cell",
        "post",
        args=cell,
        data={"value": "5", "version": 1},
        **SAVE,
    ),
    row("opportunities:opportunity_move", args=ritas, **EDIT),
    row(
        "opportunities:opportunity_move",
        "post",
        args=ritas,
        data=another_stage,
        **SAVE,
    ),
    row(
        "opportunities:opportunity_undo_move",
        "post",
        args=lambda world: [*ritas(world), "forged"],
        **SAVE,
    ),
    row("opportunities:opportunity_close", args=ritas, **EDIT),
    row(
        "opportunities:opportunity_close",
        "post",
        args=ritas,
        data={"outcome": "lost", "reason": "No budget", "version": 1},
        **SAVE,
    ),
    row("opportunities:opportunity_reopen", args=closed, **EDIT),
    row(
        "opportunities:opportunity_reopen",
        "post",
        args=closed,
        data={"reason": "They called", "version": 1},
        **SAVE,
    ),
    row(
        "opportunities:opportunity_still_there",
        "post",
        args=ritas,
        data={},
        **SAVE,
    ),
    row("opportunities:opportunity_assign", args=ritas, **(EDIT | {"owner": 403})),
    row(
        "opportunities:opportunity_assign",
        "post",
        args=ritas,
        data=lambda world: {"to": world.lena.pk, "version": 1},
        **(SAVE | {"owner": 403}),
    ),
    row("opportunities:milestone_record", args=milestone, **EDIT),
    row(
        "opportunities:milestone_record",
        "post",
        args=milestone,
        data={"is_met": "on"},
        **SAVE,
    ),
    row("opportunities:outcome_create", args=ritas, **EDIT),
    row(
        "opportunities:outcome_create",
        "post",
        args=ritas,
        data={"words": "Less spoilage"},
        **SAVE,
    ),
    row("opportunities:outcome_edit", args=outcome, **EDIT),
    row(
        "opportunities:outcome_edit",
        "post",
        args=outcome,
        data={"words": "Less spoilage", "version": 1},
        **SAVE,
    ),
    row(
        "opportunities:outcome_remove",
        "post",
        args=outcome,
        data={"version": 1},
        **SAVE,
    ),
    row("opportunities:person_add", args=ritas, **EDIT),
    row(
        "opportunities:person_add",
        "post",
        args=ritas,
        data={"contact_q": "Petra Voss", "contact": "new"},
        **SAVE,
    ),
    row(
        "opportunities:person_remove",
        "post",
        args=part,
        data={"version": 1},
        **SAVE,
    ),
    row("opportunities:account_list", everybody=200),
    row("opportunities:account_detail", args=account, everybody=200),
    row("opportunities:account_create", everybody=200, **READERS),
    row(
        "opportunities:account_create",
        "post",
        data={"name": "Marlow"},
        everybody=302,
        **READERS,
    ),
    row("opportunities:account_edit", args=account, everybody=200, **READERS),
    row(
        "opportunities:account_edit",
        "post",
        args=account,
        data={"name": "Marlow", "version": 1},
        everybody=302,
        **READERS,
    ),
    row("opportunities:contact_create", args=account, everybody=200, **READERS),
    row(
        "opportunities:contact_create",
        "post",
        args=account,
        data={"name": "Petra"},
        everybody=302,
        **READERS,
    ),
    row("opportunities:contact_edit", args=contact, everybody=200, **READERS),
    row(
        "opportunities:contact_edit",
        "post",
        args=contact,
        data={"name": "Petra", "version": 1},
        everybody=302,
        **READERS,
    ),
    row("opportunities:product_list", admins=200),
    row("opportunities:product_create", admins=200),
    row("opportunities:product_create", "post", data={"name": "Pump"}, admins=302),
    row("opportunities:product_edit", args=product, admins=200),
    row(
        "opportunities:product_edit",
        "post",
        args=product,
        data={"name": "Pump", "version": 1},
        admins=302,
    ),
    row("opportunities:account_options", everybody=200),
    row("opportunities:contact_options", everybody=200),
    row("opportunities:opportunity_options", everybody=200),
]
