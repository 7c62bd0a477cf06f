"""What is stored, in the shape of a form or a template."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from pipeline.process.drafts import MilestoneDraft, ProcessDraft, StageDraft
from pipeline.process.models import Milestone, Process, Stage


def stages_with_milestones(
    stages: Iterable[Stage],
) -> list[tuple[Stage, list[Milestone]]]:
    """Return each stage with its milestones, both in order. Makes one query."""
    listed = list(stages)
    found: dict[int, list[Milestone]] = defaultdict(list)
    for milestone in Milestone.objects.filter(stage__in=listed).order_by("position"):
        found[milestone.stage_id].append(milestone)
    return [(stage, found[stage.pk]) for stage in listed]


def milestone_draft(milestone: Milestone) -> MilestoneDraft:
    """Return what is stored as a form would send it."""
    return MilestoneDraft(
        title=milestone.title,
        kind=milestone.kind,
        importance=milestone.importance,
        hint=milestone.hint,
        answer_kind=milestone.answer_kind,
        choices=tuple(milestone.choices),
        id=milestone.pk,
    )


def stage_draft(stage: Stage, milestones: Iterable[Milestone]) -> StageDraft:
    """Return what is stored as a form would send it."""
    return StageDraft(
        name=stage.name,
        buyer_step=stage.buyer_step,
        purpose=stage.purpose,
        probability=stage.probability,
        stuck_days=stage.stuck_days,
        idle_days=stage.idle_days,
        guidance=stage.guidance,
        questions=tuple(stage.questions),
        needs_outcome=stage.needs_outcome,
        milestones=tuple(milestone_draft(each) for each in milestones),
        kind=stage.kind,
        id=stage.pk,
    )


def stages_of(process: Process) -> tuple[StageDraft, ...]:
    """Return all stages of a process as they are published. Two queries."""
    stages = Stage.objects.filter(process=process).order_by("position")
    return tuple(
        stage_draft(stage, milestones)
        for stage, milestones in stages_with_milestones(stages)
    )


def process_draft(process: Process) -> ProcessDraft:
    """Return a process as one could write it down again: open stages, no ids."""
    stages = Stage.objects.filter(process=process).open().order_by("position")
    return ProcessDraft(
        name=process.name,
        description=process.description,
        stages=tuple(
            _without_ids(stage_draft(stage, milestones))
            for stage, milestones in stages_with_milestones(stages)
        ),
    )


def _without_ids(draft: StageDraft) -> StageDraft:
    milestones = tuple(replace(each, id=None) for each in draft.milestones)
    return replace(draft, milestones=milestones, id=None)
