"""What an edit of a stage would mean for the deals that are in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _

from pipeline.opportunities.models import (
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
)
from pipeline.opportunities.selectors.impact_rows import (
    REPS,
    Found,
    ImpactRep,
    Need,
    by_rep,
    total,
)
from pipeline.opportunities.selectors.missing import (
    binding_of,
    gates_of,
    outcome_binding_of,
)
from pipeline.process.drafts import MilestoneDraft, StageDraft
from pipeline.process.gates import ALWAYS, Binding
from pipeline.process.models import Importance, Stage
from pipeline.process.selectors import Working
from rhythm.people.models import User
from rhythm.web import formats


@dataclass(frozen=True)
class Impact:
    """Which open deals in the stage would fail its gate."""

    # Open deals in the stage.
    open: int
    failing: int
    # Those that miss something more than today because of the edit.
    added: int
    # The sum of those that fail.
    amount: str
    # What most of them miss.
    mostly: str
    reps: tuple[ImpactRep, ...]
    # How many people's deals are not listed.
    more_reps: int
    # How many of each owner's deals miss something more because of the edit.
    added_by_owner: Mapping[int, int]


def process_impact(
    stage: Stage,
    before: StageDraft | None,
    after: StageDraft,
    *,
    viewer: User,
    now: datetime,
    answers: Mapping[int, int | None] | None = None,
) -> Impact:
    """Return which of the open deals in `stage` would fail its gate after an edit.

    A gate concerns the deals that are to leave the stage: those in it. before is what
    is published, None for a new stage; after what would be. answers says which
    milestone takes over the answers of a removed one. Four queries, whatever the
    number of deals.
    """
    needs = {stage.pk: _needs(before, after, _bindings([stage.pk], now))}
    return _impact(needs, viewer=viewer, now=now, answers=answers or {})


def draft_impact(found: Working, *, viewer: User, now: datetime) -> Impact:
    """Return which open deals would miss more if the draft bound them at once.

    Each deal is held against the gate of the stage that it is in, or would come to
    when its own is removed. Four queries, whatever the number of deals and stages.
    """
    ids = [each.id for each in found.live if each.id]
    bindings = _bindings(ids, now)
    after = {each.id: each for each in found.plan.opened()}
    needs = {}
    for pk in ids:
        removal = found.plan.removals.get(pk)
        stage = after.get(removal.to if removal else pk)
        if stage is None or stage.id is None:
            continue
        here = _needs(found.live_stage(stage.id), stage, bindings)
        # Where a deal comes to another stage, all that this one asks is new to it.
        needs[pk] = [replace(e, is_added=True) for e in here] if removal else here
    answers = found.plan.answers
    new = {pk: [e for e in here if e.is_added] for pk, here in needs.items()}
    return _impact(new, viewer=viewer, now=now, answers=answers)


def _impact(
    needs: Mapping[int, Sequence[Need]],
    *,
    viewer: User,
    now: datetime,
    answers: Mapping[int, int | None],
) -> Impact:
    """Return which open deals in the stages of `needs` lack one of these."""
    deals = _deals(list(needs), viewer, answers)
    failing = {
        each: lacking
        for each in deals
        if (lacking := [n for n in needs[each.stage_id] if each.lacks(n, now)])
    }
    added = {
        deal.pk
        for deal, lacking in failing.items()
        if any(need.is_added for need in lacking)
    }
    currency = viewer.organisation.currency
    counted = Counter(need for lacking in failing.values() for need in lacking)
    reps = by_rep(failing, added, currency)
    owners = Counter(each.owner_id for each in failing if each.pk in added)
    # Of two that as many miss, the one that the edit brings.
    most = max(counted, key=lambda each: (counted[each], each.is_added), default=None)
    return Impact(
        open=len(deals),
        failing=len(failing),
        added=len(added),
        amount=formats.money_short(total(failing), currency),
        mostly=most.title if most else "",
        reps=tuple(reps[:REPS]),
        more_reps=max(len(reps) - REPS, 0),
        added_by_owner=dict(owners),
    )


def answers_to(milestone_ids: Iterable[int]) -> dict[int, int]:
    """Return how many deals have said something to each milestone. One query."""
    records = MilestoneRecord.objects.filter(milestone__in=list(milestone_ids))
    counted = records.order_by().values("milestone").annotate(n=Count("pk"))
    return dict(counted.values_list("milestone", "n"))


def _bindings(
    stage_ids: Sequence[int], now: datetime
) -> dict[tuple[str, int], Binding]:
    """Return of whom what is published is required. One query."""
    stages = Stage.objects.filter(pk__in=stage_ids).with_asked()
    gates = gates_of([], stages, now=now)
    found = {("stage", each.pk): outcome_binding_of(each) for each in gates.stages}
    for milestones in gates.milestones.values():
        found |= {("milestone", each.pk): binding_of(each) for each in milestones}
    return found


def _needs(
    before: StageDraft | None,
    after: StageDraft,
    bindings: Mapping[tuple[str, int], Binding],
) -> list[Need]:
    """Return what the edited gate requires, and what of it is new."""
    asked = before.milestones if before else ()
    required = {each.id for each in asked if _is_required(each)}
    needs = []
    for each in after.milestones:
        if not _is_required(each):
            continue
        is_added = each.id is None or each.id not in required
        key = ("milestone", each.id or 0)
        # What is new is told as if it bound everybody at once.
        binding = ALWAYS if is_added else bindings.get(key, ALWAYS)
        needs.append(Need(each.title, each.id, False, is_added, binding))
    if after.needs_outcome:
        title = _("Confirmed customer outcome")
        is_added = before is None or not before.needs_outcome
        key = ("stage", after.id or 0)
        binding = ALWAYS if is_added else bindings.get(key, ALWAYS)
        needs.append(Need(title, None, True, is_added, binding))
    return needs


def _is_required(milestone: MilestoneDraft) -> bool:
    return milestone.importance == Importance.REQUIRED


def _deals(
    stage_ids: Sequence[int], viewer: User, answers: Mapping[int, int | None]
) -> list[Found]:
    met = MilestoneRecord.objects.filter(
        opportunity=OuterRef("pk"), milestone__stage__in=stage_ids, is_met=True
    )
    confirmed = CustomerOutcome.objects.filter(opportunity=OuterRef("pk")).exclude(
        confirmed_by=None
    )
    rows = (
        Opportunity.objects.visible_to(viewer)
        .open()
        .filter(stage__in=stage_ids)
        .annotate(
            met=ArraySubquery(met.values("milestone_id")), has_outcome=Exists(confirmed)
        )
        .values_list(
            *("pk", "owner_id", "owner__name", "amount", "met", "has_outcome"),
            *("stage_id", "created_at"),
        )
    )
    return [
        Found(
            pk=pk,
            owner_id=owner_id,
            owner=owner,
            amount=amount or Decimal(0),
            met=frozenset(answers.get(each, each) or each for each in found),
            has_outcome=has_outcome,
            stage_id=stage_id,
            made_at=made_at,
        )
        for pk, owner_id, owner, amount, found, has_outcome, stage_id, made_at in rows
    ]
