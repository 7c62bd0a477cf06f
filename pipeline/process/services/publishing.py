"""A draft becomes the process: applied to its rows, and written down as a version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from pipeline.process.content import stages_to_json
from pipeline.process.drafts import StageDraft
from pipeline.process.models import (
    ForPresent,
    Importance,
    Milestone,
    Process,
    ProcessVersion,
    Stage,
)
from pipeline.process.selectors.changes import Stricter
from pipeline.process.selectors.drafts import stages_of
from pipeline.process.selectors.working import Working
from pipeline.process.services.stages import insert_stage, milestone_values
from rhythm.people.models import User


@dataclass(frozen=True)
class Terms:
    """What a publishing says about the deals that are there already."""

    for_present: ForPresent
    # When the days of grace end; None without them.
    binds_from: datetime | None = None


@transaction.atomic
def record_version(
    process: Process,
    *,
    by: User | None = None,
    changes: Sequence[str] = (),
    note: str = "",
    terms: Terms | None = None,
) -> ProcessVersion:
    """Write the process down as it is now, as its next version. Call it when locked."""
    last = ProcessVersion.objects.filter(process=process).aggregate(n=Max("number"))
    return ProcessVersion.objects.create(
        process=process,
        number=(last["n"] or 0) + 1,
        published_by=by,
        note=note,
        content={
            "name": process.name,
            "description": process.description,
            "stages": stages_to_json(stages_of(process)),
        },
        changes=list(changes),
        for_present=terms.for_present if terms else "",
        binds_from=terms.binds_from if terms else None,
    )


def insert_new(found: Working) -> None:
    """Store what the draft adds, with the ids that it has there.

    Where they stand, and what else they say, is left to saving their stages.
    """
    last = len(found.live) + len(found.plan.stages)
    for place, stage in enumerate(found.plan.stages, last + 1):
        live = found.live_stage(stage.id or 0)
        if live is None:
            insert_stage(found.process, stage, place)
            continue
        live_id = live.id or 0
        there = {each.id for each in live.milestones}
        Milestone.objects.bulk_create(
            Milestone(
                pk=each.id, stage_id=live_id, **milestone_values(each, last + number)
            )
            for number, each in enumerate(stage.milestones)
            if each.id not in there
        )


def free_names(found: Working) -> None:
    """Let stages change names with each other: no two have one even for a moment."""
    taken = {each.name.casefold() for each in found.plan.stages}
    kept = {each.id: each.name for each in found.plan.stages}
    for stage in found.live:
        if stage.name.casefold() in taken and kept.get(stage.id) != stage.name:
            name = f"{stage.name[:60]} ({stage.id})"
            Stage.objects.filter(pk=stage.id or 0).update(name=name)


def set_terms(
    stages: Iterable[StageDraft], new: Stricter, terms: Terms, now: datetime
) -> None:
    """Say for whom the new requirements bind; forget it of what is none any more."""
    is_now = terms.for_present == ForPresent.NOW
    since = None if is_now else now
    Milestone.objects.filter(pk__in=new.milestone_ids).update(
        asked_since=since, binds_from=terms.binds_from
    )
    Stage.objects.filter(pk__in=new.stage_ids).update(
        outcome_asked_since=since, outcome_binds_from=terms.binds_from
    )
    ids = [each.id for each in stages if each.id]
    spared = Milestone.objects.filter(stage__in=ids, asked_since__isnull=False)
    spared.exclude(importance=Importance.REQUIRED).update(
        asked_since=None, binds_from=None
    )
    Stage.objects.filter(pk__in=ids, needs_outcome=False).exclude(
        outcome_asked_since=None
    ).update(outcome_asked_since=None, outcome_binds_from=None)
