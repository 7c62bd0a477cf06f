"""What became of an account, in words: one line for each thing that is otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from pipeline.accounts.models import (
    AccountPlan,
    Attitude,
    Bond,
    CellState,
    FieldCell,
    Part,
    PlanArea,
    PlanOutcome,
    PlanPerson,
    PlanRisk,
)
from pipeline.opportunities.models import Contact, Opportunity, Product
from pipeline.opportunities.selectors.changes import Names
from pipeline.opportunities.selectors.events import Lives, Row
from pipeline.process.models import Stage
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.people.models import User
from rhythm.web import formats

# More than these nobody reads.
MOST_MOVES = 40


@dataclass(frozen=True)
class PlanChange:
    """One thing that is otherwise than it was then."""

    icon: str
    tone: str
    what: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class Then:
    """A record as it was at the moment and as it is now; None where it was not."""

    before: Row | None
    after: Row | None

    @property
    def is_new(self) -> bool:
        return self.before is None and self.after is not None

    @property
    def is_gone(self) -> bool:
        return self.before is not None and self.after is None


@dataclass
class Teller:
    """Who reads, and the names behind the ids."""

    viewer: User
    now: datetime
    names: Names
    # The deals of the account that the reader sees.
    deals: Mapping[int, Opportunity]
    currency: str

    def day(self, value: Any) -> str:
        return formats.day(value, self.viewer.today(self.now))

    def money(self, value: Any) -> str:
        return formats.money_short(value, self.currency)


def _person(then: Then, teller: Teller) -> Iterator[PlanChange]:
    row = then.after or then.before
    if row is None:
        return
    name = teller.names.name(Contact, row["contact"])
    if then.is_new:
        part = str(Part(row["part"]).label)
        yield PlanChange("person-plus", "ok", _("On the map: %s") % name, new=part)
    elif then.is_gone:
        yield PlanChange("person-dash", "warn", _("Off the map: %s") % name)
    elif then.before and then.after:
        for field, choices in (("part", Part), ("attitude", Attitude), ("bond", Bond)):
            old, new = then.before[field], then.after[field]
            if old != new:
                labels = str(choices(old).label), str(choices(new).label)
                yield PlanChange("person", "", name, *labels)
        old, new = then.before["known_by"], then.after["known_by"]
        if old != new:
            ours = [
                teller.names.name(User, each) if each else _("nobody of ours")
                for each in (old, new)
            ]
            yield PlanChange("person-check", "", _("Who knows %s") % name, *ours)


def _outcome(then: Then, teller: Teller) -> Iterator[PlanChange]:
    if then.is_new and then.after:
        yield PlanChange("award", "ok", _("Delivered"), new=then.after["words"])
    elif then.is_gone and then.before:
        words = then.before["words"]
        yield PlanChange("award", "warn", _("No longer delivered"), old=words)


def _risk(then: Then, teller: Teller) -> Iterator[PlanChange]:
    row, then_open = then.after, then.before and not then.before["closed_on"]
    if row is None:
        if then_open and then.before:
            what = then.before["what"]
            yield PlanChange("trash", "", _("Risk taken away"), old=what)
    elif then.is_new and not row["closed_on"]:
        icon = "exclamation-triangle"
        yield PlanChange(icon, "warn", _("New risk"), new=row["what"])
    elif row["closed_on"] and (then_open or then.is_new):
        told = ". ".join(filter(None, (row["what"], row["ending"])))
        yield PlanChange("check-circle", "ok", _("Risk closed"), new=told)
    elif not row["closed_on"] and then.before and then.before["closed_on"]:
        icon = "exclamation-triangle"
        yield PlanChange(icon, "bad", _("Risk open again"), new=row["what"])


def _cell(then: Then, teller: Teller) -> Iterator[PlanChange]:
    row = then.after or then.before
    if row is None:
        return
    old, new = (_state(each, teller) for each in (then.before, then.after))
    if old == new:
        return
    where = teller.names.name(Product, row["product"])
    if row["area"]:
        where = f"{where}, {teller.names.name(PlanArea, row['area'])}"
    tone = "ok" if new == CellState.SOLD else ""
    nobody = _("nobody had asked")
    labels = [str(CellState(each).label) if each else nobody for each in (old, new)]
    yield PlanChange("grid", tone, where, *labels)


def _state(row: Row | None, teller: Teller) -> str:
    """Return the state as the reader may know it: hidden deals say nothing."""
    if row is None or (row["opportunity"] and row["opportunity"] not in teller.deals):
        return ""
    return str(row["state"])


TELLERS: Mapping[type[models.Model], Callable[[Then, Teller], Iterator[PlanChange]]] = {
    PlanPerson: _person,
    PlanOutcome: _outcome,
    PlanRisk: _risk,
    FieldCell: _cell,
}


def deal_changes(lives: Lives, since: datetime, teller: Teller) -> Iterator[PlanChange]:
    """Yield the new deals, and what is otherwise with those that were there."""
    # The first row of a life is what was then.
    before = {each[0]["id"]: each[0] for each in lives[Opportunity]}
    for key, deal in teller.deals.items():
        row = before.get(key)
        if deal.created_at > since:
            amount = teller.money(deal.amount)
            yield PlanChange("plus-lg", "ok", _("New deal: %s") % deal, new=amount)
        elif row is not None:
            yield from _deal(row, deal, teller)


def _deal(row: Row, deal: Opportunity, teller: Teller) -> Iterator[PlanChange]:
    if row["outcome"] != deal.outcome:
        is_won = deal.outcome == "won"
        label = deal.get_outcome_display() if deal.outcome else _("Open again")
        icon, tone = ("trophy", "ok") if is_won else ("flag", "warn")
        amount = teller.money(deal.amount)
        yield PlanChange(icon, tone, f"{label}: {deal}", new=amount)
    elif row["stage"] != deal.stage_id:
        stages = [
            teller.names.name(Stage, each) for each in (row["stage"], deal.stage_id)
        ]
        yield PlanChange("kanban", "", str(deal), *stages)
    if row["amount"] != deal.amount:
        amounts = teller.money(row["amount"]), teller.money(deal.amount)
        yield PlanChange("cash", "", _("Amount of %s") % deal, *amounts)
    if row["close_on"] != deal.close_on:
        days = teller.day(row["close_on"]), teller.day(deal.close_on)
        what = _("Expected close of %s") % deal
        yield PlanChange("calendar-event", "", what, *days)


def move_changes(
    plan: AccountPlan, since: datetime, teller: Teller
) -> Iterator[PlanChange]:
    """Yield what was kept and what is broken since. One query."""
    through = AccountPlan.commitments.through.objects.filter(accountplan=plan.pk)
    seen = Commitment.objects.visible_to(teller.viewer).filter(
        pk__in=through.order_by().values("commitment_id")
    )
    today, first = teller.viewer.today(teller.now), teller.viewer.today(since)
    broken = Q(state=CommitmentState.OPEN, due_on__gte=first, due_on__lt=today)
    told = seen.filter(Q(kept_on__gte=first) | broken).select_related("promiser")
    for made in told.order_by("due_on", "pk")[:MOST_MOVES]:
        who = made.promiser.name
        if made.kept_on and made.kept_on >= first:
            yield PlanChange("check2-circle", "ok", _("%s kept") % who, new=made.what)
        else:
            yield PlanChange("x-circle", "bad", _("%s broke") % who, new=made.what)


def head_changes(
    plan: AccountPlan, lives: Lives, teller: Teller
) -> Iterator[PlanChange]:
    """Yield a new owner, goal or reason of the plan itself."""
    life = lives[AccountPlan]
    if not life:
        return
    before = life[0][0]
    if before["owner"] != plan.owner_id:
        owners = [
            teller.names.name(User, each) for each in (before["owner"], plan.owner_id)
        ]
        yield PlanChange("arrow-left-right", "", _("Owner of the plan"), *owners)
    for field, what in (("goal", _("The goal")), ("why", _("The customer's why"))):
        if before[field] != getattr(plan, field):
            yield PlanChange("pencil", "", what, before[field], getattr(plan, field))
