"""What became of an account since a moment: two as-of reads of its plan and deals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import models

from pipeline.accounts.models import (
    AccountPlan,
    FieldCell,
    PlanArea,
    PlanOutcome,
    PlanPerson,
    PlanRisk,
)
from pipeline.accounts.selectors.telling import (
    TELLERS,
    PlanChange,
    Teller,
    Then,
    deal_changes,
    head_changes,
    move_changes,
)
from pipeline.opportunities.models import Contact, Opportunity, Product
from pipeline.opportunities.selectors.changes import Names
from pipeline.opportunities.selectors.events import (
    Lives,
    Row,
    events_of,
    present,
    replaced,
    united,
)
from pipeline.process.models import Stage
from rhythm.people.models import User

PART_FIELDS: Mapping[type[models.Model], Sequence[str]] = {
    PlanPerson: ("contact", "part", "attitude", "bond", "known_by", "created_at"),
    PlanOutcome: ("words", "created_at"),
    PlanRisk: ("what", "severity", "closed_on", "ending", "created_at"),
    FieldCell: ("area", "product", "state", "opportunity", "created_at"),
}
HEAD_FIELDS = ("owner", "goal", "why")
DEAL_FIELDS = ("id", "stage", "amount", "close_on", "outcome")
MOST_CHANGES, MOST_DEALS = 40, 500


def plan_changes(
    plan: AccountPlan, since: datetime, *, viewer: User, now: datetime
) -> list[PlanChange]:
    """Return what changed on the plan and on the deals that `viewer` sees.

    Four queries for any number of changes.
    """
    visible = Opportunity.objects.visible_to(viewer).filter(account=plan.account_id)
    deals = {each.pk: each for each in visible.order_by("-pk")[:MOST_DEALS]}
    lives = _lives(plan, deals, since)
    teller = Teller(viewer, now, Names(), deals, viewer.organisation.currency)
    _want(lives, teller.names, plan, deals)
    teller.names.load()
    told: list[PlanChange] = []
    for model, tell in TELLERS.items():
        for life in lives[model]:
            told += tell(_then(life, since), teller)
    return [
        *deal_changes(lives, since, teller),
        *told,
        *move_changes(plan, since, teller),
        *head_changes(plan, lives, teller),
    ][:MOST_CHANGES]


def _lives(
    plan: AccountPlan, deals: Mapping[int, Opportunity], since: datetime
) -> Lives:
    """Return what plan, parts and deals were after `since`. One query."""
    fields: dict[type[models.Model], Sequence[str]] = dict(PART_FIELDS)
    fields |= {AccountPlan: HEAD_FIELDS, Opportunity: DEAL_FIELDS}
    rows = []
    for model, names in fields.items():
        events = events_of(model).filter(pgh_created_at__gt=since)
        if model is AccountPlan:
            events = events.filter(pgh_obj_id=plan.pk)
        elif model is Opportunity:
            events = events.filter(pgh_obj_id__in=list(deals))
        else:
            events = events.filter(plan_id=plan.pk)
            parts = model._default_manager.filter(plan_id=plan.pk)
            rows.append(present(model, parts, names))
        rows.append(replaced(model, events, names))
    return united(rows, fields)


def _want(
    lives: Lives, names: Names, plan: AccountPlan, deals: Mapping[int, Opportunity]
) -> None:
    """Remember whose names the changes need."""
    wanted: dict[str, type[models.Model]] = {
        "contact": Contact,
        "known_by": User,
        "product": Product,
        "area": PlanArea,
        "owner": User,
        "stage": Stage,
    }
    for life in lives.values():
        for row in (each for rows in life for each in rows):
            for name, model in wanted.items():
                if name in row:
                    names.want(model, row[name])
    names.want(User, plan.owner_id)
    names.want(Stage, *(each.stage_id for each in deals.values()))


def _then(life: Sequence[Row], since: datetime) -> Then:
    """Return what a part was at the moment and is now: events hold old values."""
    first, last = life[0], life[-1]
    return Then(
        before=first if first["created_at"] <= since else None,
        after=last if last["replaced_at"] is None else None,
    )
