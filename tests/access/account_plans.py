"""Account plans: their owner, who leads that one, and who sells there read them.

The plan is Rita's. Otto sells to no account of hers.
"""

from __future__ import annotations

from typing import Any

from pipeline.accounts.models import AccountPlan, AccountReviewItem
from rhythm.calendar.models import MeetingKind, MeetingState
from tests.access import World, row
from tests.access.reviews import STATES, follow
from tests.factories.accounts import (
    AccountReviewFactory,
    AccountReviewItemFactory,
    PlanFactory,
    PlanRiskFactory,
)
from tests.factories.meetings import MeetingFactory
from tests.factories.opportunities import (
    AccountFactory,
    OpportunityFactory,
    ProductFactory,
)


def a_plan(world: World) -> AccountPlan:
    plan: AccountPlan = PlanFactory(owner=world.rita)
    OpportunityFactory(owner=world.rita, account=plan.account)
    return plan


def plan(world: World) -> list[Any]:
    return [a_plan(world).pk]


def planned(world: World) -> list[Any]:
    return [a_plan(world).account_id]


def unplanned(world: World) -> list[Any]:
    return [OpportunityFactory(owner=world.rita).account_id]


def nobodys(world: World) -> list[Any]:
    return [AccountFactory().pk]


def kind(world: World) -> list[Any]:
    return [a_plan(world).pk, "risks"]


def risk(world: World) -> list[Any]:
    return ["risks", PlanRiskFactory(plan=a_plan(world)).pk]


def cell(world: World) -> list[Any]:
    return [a_plan(world).pk, 0, ProductFactory().pk]


def an_item(
    world: World, state: MeetingState = MeetingState.RUNNING
) -> AccountReviewItem:
    """Make an account review of Lena's with her team, on it Rita's plan."""
    meeting = MeetingFactory(
        kind=MeetingKind.ACCOUNT_REVIEW,
        team=world.central,
        chair=world.lena,
        state=state,
        **STATES[state],
    )
    review = AccountReviewFactory(meeting=meeting)
    made: AccountReviewItem = AccountReviewItemFactory(
        review=review, plan=a_plan(world)
    )
    return made


def running(world: World) -> list[Any]:
    return [an_item(world).review_id]


def ahead(world: World) -> list[Any]:
    return [an_item(world, MeetingState.PLANNED).review_id]


def held(world: World) -> list[Any]:
    return [an_item(world, MeetingState.HELD).review_id]


def item(world: World) -> list[Any]:
    made = an_item(world)
    return [made.review_id, made.pk]


def planned_item(world: World) -> list[Any]:
    made = an_item(world, MeetingState.PLANNED)
    return [made.review_id, made.pk]


def edits(those: int, executive: int = 403) -> dict[str, int]:
    """Return what the owner and leaders get; executives and admins read."""
    own = dict.fromkeys(("owner", "lead", "above"), those)
    return own | {"executive": executive, "admin": executive, "peer": 404}


START = {"goal": "All plants", "why": ""}
ROWS = [
    row("accounts:plan_list", everybody=200),
    row("accounts:plan_create", args=nobodys, everybody=200),
    row("accounts:plan_create", args=planned, everybody=302, peer=200),
    row(
        "accounts:plan_create",
        "post",
        args=unplanned,
        data=lambda world: START | {"owner": world.rita.pk},
        everybody=302,
        peer=403,
        executive=403,
        admin=403,
    ),
    row("accounts:plan_detail", args=plan, **edits(200, 200)),
    row("accounts:plan_edit", args=plan, **edits(200)),
    row("accounts:plan_edit", "post", args=plan, **edits(422)),
    row("accounts:part_add", args=kind, **edits(200)),
    row(
        "accounts:part_add",
        "post",
        args=kind,
        data={"what": "Their buyer leaves", "severity": "high"},
        **edits(302),
    ),
    row("accounts:part_edit", args=risk, **edits(200)),
    row("accounts:part_edit", "post", args=risk, **edits(422)),
    row("accounts:part_remove", "post", args=risk, data={"version": 1}, **edits(302)),
    row("accounts:field_cell", args=cell, **edits(200)),
    row(
        "accounts:field_cell",
        "post",
        args=cell,
        data={"state": "not_yet", "version": "0"},
        **edits(302),
    ),
    row("accounts:move_add", "post", args=plan, **edits(422)),
    row("accounts:review_detail", args=running, **follow(200, 200)),
    row("accounts:review_detail", args=ahead, **follow(200, 200)),
    row("accounts:review_detail", args=held, **follow(302, 302)),
    row("accounts:review_item", args=item, **follow(200, 200)),
    row("accounts:review_changes", args=item, **follow(200, 200)),
    row("accounts:review_pulse", args=running, **follow(200, 200)),
    row("accounts:review_minutes", args=held, **follow(200, 200)),
    row("accounts:review_at", "post", args=item, **follow(302)),
    row("accounts:review_begin", "post", args=ahead, **follow(302)),
    row("accounts:review_claim", "post", args=running, **follow(302) | {"above": 302}),
    row("accounts:review_add", args=running, **follow(200)),
    row("accounts:review_add", "post", args=running, **follow(404)),
    row("accounts:review_drop", "post", args=planned_item, **follow(302)),
    row("accounts:review_timer", "post", args=running, **follow(302)),
    row("accounts:review_hand_over", args=running, **follow(200)),
    row("accounts:review_hand_over", "post", args=running, **follow(422)),
    row("accounts:review_abandon", args=running, **follow(200)),
    row("accounts:review_abandon", "post", args=running, **follow(422)),
    row("accounts:review_finish", args=running, **follow(200)),
    row("accounts:review_finish", "post", args=running, **follow(422)),
    row(
        "accounts:review_decide",
        args=item,
        data={"decision": "escalate"},
        **follow(200),
    ),
    row(
        "accounts:review_decide",
        "post",
        args=item,
        data={"decision": "on_track", "version": 1},
        **follow(302),
    ),
    row("accounts:review_skip", args=item, **follow(200)),
    row("accounts:review_skip", "post", args=item, **follow(422)),
    row("accounts:review_undo", "post", args=item, **follow(302)),
    row(
        "accounts:review_private_note",
        "post",
        args=item,
        data={"text": "x"},
        **follow(302, 302),
    ),
    row(
        "accounts:review_note",
        "post",
        args=item,
        data={"text": "x", "version": "1"},
        **follow(302),
    ),
    row("accounts:review_move_add", "post", args=item, **follow(422)),
]
