"""One deal's page: where it stands, what blocks it, who and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from pipeline.opportunities.flags import Flag
from pipeline.opportunities.models import (
    AmountSource,
    Opportunity,
)
from pipeline.opportunities.selectors.around import OpportunityWithParts
from pipeline.opportunities.selectors.flags import flags_of
from pipeline.opportunities.selectors.missing import (
    Gates,
    Shown,
    binding_words,
    gates_of,
)
from pipeline.process.gates import Requirement, missing
from pipeline.process.models import MilestoneKind, Stage
from rhythm.commitments.selectors.standing import Standing, standing
from rhythm.people.models import User
from rhythm.web.formats import day, money, relative_day


@dataclass(frozen=True)
class Step:
    """A stage of the path, ours and the buyer's."""

    name: str
    buyer_step: str
    # "is-done", "is-now" or "".
    state: str


@dataclass(frozen=True)
class Milestone:
    """A milestone with what the deal has to say to it."""

    id: int
    title: str
    hint: str
    is_met: bool
    is_required: bool
    is_confirmed_kind: bool
    # "expected", "optional", or from when on it binds the deal; "" where required.
    importance: str
    # The answer, and who said it when.
    answer: str
    evidence: str
    # The evidence is an address that may be opened.
    is_link: bool
    said: str


@dataclass(frozen=True)
class Gate:
    """The milestones of one stage."""

    stage: str
    is_current: bool
    milestones: list[Milestone]
    missing: int
    # The stage asks for an outcome that the customer confirmed: None if it does not.
    has_outcome: bool | None
    # From when on that binds this deal; "" where it does.
    outcome_binds: str = ""


@dataclass(frozen=True)
class Outcome:
    """What the customer wants. confirmed_by is empty until somebody confirmed it."""

    pk: int
    words: str
    metric: str
    baseline: str
    target: str
    confirmed_by: str
    confirmed_on: str
    confirmed_how: str


@dataclass(frozen=True)
class Person:
    """A contact with a part in the deal."""

    contact_id: int
    name: str
    email: str
    role: str
    version: int


@dataclass(frozen=True)
class CommitmentRow:
    what: str
    who: str
    standing: Standing


@dataclass(frozen=True)
class Detail:
    deal: OpportunityWithParts
    amount: str
    weighted: str
    is_list_price: bool
    close: str
    opened: str
    closed: str
    next_step_on: str
    next_step_relative: str
    is_next_step_late: bool
    days_in_stage: int
    stuck_days: int | None
    last_activity: str
    products: list[str]
    path: list[Step]
    gates: list[Gate]
    blocking: list[Requirement]
    next_stage: Stage | None
    flags: list[Flag]
    outcomes: list[Outcome]
    people: list[Person]
    commitments: list[CommitmentRow]


def detail_of(
    opportunity: OpportunityWithParts, *, viewer: User, now: datetime
) -> Detail:
    """Return what the page of a deal `with_parts` shows. Four queries."""
    deal, today = opportunity, viewer.today(now)
    currency = viewer.organisation.currency
    gates = gates_of([deal.process_id], now=now)
    met = ((deal.pk, e["milestone"]) for e in deal.records if e["is_met"])
    is_confirmed = any(each["confirmed_by"] for each in deal.outcomes)
    shown = Shown(frozenset(met), frozenset([deal.pk] if is_confirmed else []))
    commitments = deal.commitments.visible_to(viewer)
    commitments = commitments.select_related("promiser").order_by("-due_on", "-pk")[:20]
    flags = flags_of([deal], viewer=viewer, now=now, gates=gates, shown=shown)
    weighted = None if deal.amount is None else deal.amount * deal.stage.probability
    last = deal.last_activity_at
    return Detail(
        deal=deal,
        amount=money(deal.amount, currency),
        weighted=money(weighted, currency),
        is_list_price=deal.amount_source == AmountSource.LIST_PRICE,
        close=day(deal.close_on, today),
        opened=day(deal.opened_on, today),
        closed=day(deal.closed_on, today),
        next_step_on=day(deal.next_step_on, today) if deal.next_step_on else "",
        next_step_relative=relative_day(deal.next_step_on, today),
        is_next_step_late=bool(deal.next_step_on and deal.next_step_on < today),
        days_in_stage=deal.days_in_stage(today, viewer.time_zone),
        stuck_days=deal.stage.stuck_days,
        last_activity=relative_day(viewer.today(last), today) if last else "",
        products=deal.product_names,
        path=_path(deal, gates),
        gates=_gates(deal, gates, shown, viewer),
        blocking=missing(gates.to_leave(deal, shown)) if deal.is_open else [],
        next_stage=_next_stage(deal, gates),
        flags=flags.get(deal.pk, []),
        outcomes=[_outcome(each, today) for each in deal.outcomes],
        people=[_person(each) for each in deal.parts],
        commitments=[
            CommitmentRow(each.what, each.promiser.name, standing(each, today))
            for each in commitments
        ],
    )


def _path(deal: Opportunity, gates: Gates) -> list[Step]:
    stages = gates.of(deal.process_id)
    here = next((i for i, each in enumerate(stages) if each.pk == deal.stage_id), None)
    if here is None:  # closed: all is done, up to where it was closed from
        from_pk = deal.closed_from_id
        left = next((i for i, each in enumerate(stages) if each.pk == from_pk), -1)
        here = len(stages) if deal.stage.kind == "won" else left + 1
    steps = []
    for place, each in enumerate(stages):
        state = "is-done" if place < here else ""
        if place == here and deal.is_open:
            state = "is-now"
        steps.append(Step(each.name, each.buyer_step, state))
    return steps


def _next_stage(deal: Opportunity, gates: Gates) -> Stage | None:
    stages = gates.of(deal.process_id)
    after = (each for each in stages if each.position > deal.stage.position)
    return next(after, None) if deal.is_open else None


def _outcome(row: dict[str, Any], today: date) -> Outcome:
    on = row["confirmed_on"]
    return Outcome(
        pk=row["pk"],
        words=row["words"],
        metric=row["metric"],
        baseline=row["baseline"],
        target=row["target"],
        confirmed_by=row["confirmed_by"] or "",
        confirmed_on=day(date.fromisoformat(on), today) if on else "",
        confirmed_how=row["confirmed_how"],
    )


def _person(row: dict[str, Any]) -> Person:
    role = row["role"] or row["title"]
    return Person(row["contact"], row["name"], row["email"], role, row["version"])


def _gates(
    deal: OpportunityWithParts, gates: Gates, shown: Shown, viewer: User
) -> list[Gate]:
    """Return the gates of all stages that ask for something, in their order."""
    by_milestone = {each["milestone"]: each for each in deal.records}
    found = []
    for stage in gates.of(deal.process_id):
        asked = gates.requirements(deal, shown, [stage])
        is_current = stage.pk == deal.stage_id
        if not asked and not is_current:
            continue
        rows = [
            _milestone(
                each,
                by_milestone.get(each.milestone_id or 0),
                viewer.today(gates.now),
                binds=binding_words(each, viewer, gates.now),
            )
            for each in asked
            if not each.is_outcome
        ]
        needed = stage.needs_outcome
        has_outcome = deal.pk in shown.confirmed if needed else None
        lacking = len(missing(asked))
        binds = (binding_words(e, viewer, gates.now) for e in asked if e.is_outcome)
        found.append(
            Gate(stage.name, is_current, rows, lacking, has_outcome, next(binds, ""))
        )
    return found


def _milestone(
    requirement: Requirement,
    record: dict[str, Any] | None,
    today: date,
    *,
    binds: str,
) -> Milestone:
    answer, evidence, said = "", "", ""
    if record is not None:
        answer = ", ".join(filter(None, (record["answer"], record["contact"])))
        evidence = record["evidence"]
        # A day, or the one of the moment when it was recorded.
        when = date.fromisoformat(record["done_on"] or record["at"][:10])
        said = f"{record['by']}, {day(when, today)}"
    assert requirement.milestone_id is not None
    return Milestone(
        id=requirement.milestone_id,
        title=requirement.title,
        hint=requirement.hint,
        is_met=requirement.is_met,
        is_required=requirement.importance == "required" and requirement.is_binding,
        is_confirmed_kind=requirement.kind == MilestoneKind.CONFIRMED,
        importance={"expected": _("expected"), "optional": _("optional")}.get(
            requirement.importance, binds
        ),
        answer=answer,
        evidence=evidence,
        is_link=evidence.startswith(("https://", "http://")) and " " not in evidence,
        said=said,
    )
