"""Changes to stages and their milestones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from pipeline.process.drafts import MilestoneDraft, StageDraft
from pipeline.process.models import (
    AnswerKind,
    Milestone,
    Process,
    Stage,
    StageKind,
)
from rhythm.web.versions import changed_fields

# Every process ends in these; they can be renamed, never removed or reordered.
CLOSED_STAGES = (
    StageDraft(name="Won", kind=StageKind.WON, probability=Decimal(1)),
    StageDraft(name="Lost", kind=StageKind.LOST),
    StageDraft(name="Walked away", kind=StageKind.WALKED_AWAY),
)
ENDS = [stage.kind for stage in CLOSED_STAGES]


def insert_stage(process: Process, draft: StageDraft, position: int) -> Stage:
    """Store a new stage with its milestones. Part of a larger change.

    What the draft gives an id has it from the sequence of its table.
    """
    stage = Stage(
        pk=draft.id,
        process=process,
        kind=draft.kind,
        position=position,
        **_stage_values(draft),
    )
    stage.clean_fields()
    stage.save(force_insert=True)
    _insert_milestones(stage, draft.milestones)
    return stage


def _insert_milestones(stage: Stage, drafts: Sequence[MilestoneDraft]) -> None:
    milestones = [
        Milestone(pk=each.id, stage=stage, **milestone_values(each, position))
        for position, each in enumerate(drafts, 1)
    ]
    for milestone in milestones:
        milestone.clean_fields(exclude=["stage"])
    Milestone.objects.bulk_create(milestones)


@transaction.atomic
def order_stages(process: Process, ids: Sequence[int]) -> list[Stage]:
    """Put the open stages of a process into the order of `ids`, and return them.

    Deals stay in their stages.

    Raises ValidationError unless `ids` are exactly its open stages, as when somebody
    added or removed one meanwhile.
    """
    stages = lock_stages(process)
    opened = {each.pk: each for each in stages if each.is_open}
    if sorted(ids) != sorted(opened):
        raise ValidationError(
            _("The stages changed meanwhile. Look at them again, then order them."),
            code="stale",
        )
    ordered = [opened[pk] for pk in ids]
    _renumber(ordered, [each for each in stages if not each.is_open])
    return ordered


@transaction.atomic
def save_stage(stage: Stage, draft: StageDraft) -> Stage:
    """Give a stage and its milestones the values of `draft`.

    Milestones that the draft does not name are removed. A closed stage takes a name,
    a purpose and guidance only. Saving what is there already changes nothing.

    Raises ValidationError if the name is taken, if a milestone is not of this stage,
    or if a removed one has answers (code "in_use").
    """
    stages = lock_stages(stage.process)
    stage = next((each for each in stages if each.pk == stage.pk), stage)
    _refuse_name(draft.name, [each for each in stages if each.pk != stage.pk])
    values = _stage_values(draft)
    if not stage.is_open:
        values = {name: values[name] for name in ("name", "purpose", "guidance")}
    changed = changed_fields(stage, values)
    stage.clean_fields()
    touched = stage.is_open and _write_milestones(stage, draft.milestones)
    if changed or touched:
        # Milestones are edited with their stage, so its version stands for them too.
        stage.version += 1
        stage.save(update_fields=[*changed, "version"])
    return stage


@transaction.atomic
def remove_stage(stage: Stage) -> None:
    """Remove an open stage that no deal is in, with its milestones.

    Raises ValidationError if it is closed, the last open one, or in use ("in_use").
    """
    stages = lock_stages(stage.process)
    if not stage.is_open:
        raise ValidationError(
            _("Every process ends in won, lost and walked away."), code="closed"
        )
    rest = [each for each in stages if each.is_open and each.pk != stage.pk]
    if not rest:
        raise ValidationError(_("A process needs a stage to begin in."), code="last")
    try:
        with transaction.atomic():
            Milestone.objects.filter(stage=stage).delete()
            Stage.objects.filter(pk=stage.pk).delete()
    except ProtectedError as error:
        raise ValidationError(
            _("There are deals in this stage."), code="in_use"
        ) from error
    _renumber(rest, [each for each in stages if not each.is_open])


def lock_stages(process: Process) -> list[Stage]:
    """Return the stages in order, locked: nobody else changes this process now."""
    # By number, which stays: places change under those who wait, and two who lock in
    # different orders would block each other for good.
    stages = Stage.objects.filter(process=process).order_by("pk")
    list(stages.select_for_update())
    # Read after the wait: a locking query does not see what was added meanwhile.
    return sorted(stages, key=lambda stage: (stage.position, stage.pk))


def hold_process(pk: int) -> None:
    """Keep a process, its stages and their milestones until the transaction ends.

    Many may hold them at once. Whoever changes them waits, and is waited for.
    """
    with connection.cursor() as cursor:
        for query in HOLD:
            cursor.execute(query, [pk])


# As a foreign key's own check does, but before the rows that point there are locked,
# and in the order of `lock_stages`.
HOLD = (
    "SELECT id FROM process_process WHERE id = %s FOR KEY SHARE",
    "SELECT id FROM process_stage WHERE process_id = %s ORDER BY id FOR KEY SHARE",
)


def _renumber(opened: Iterable[Stage], closed: Iterable[Stage]) -> None:
    """Number the open stages from 1 in the given order; the closed ones follow."""
    closed = sorted(closed, key=lambda stage: ENDS.index(stage.kind))
    moved = []
    for position, stage in enumerate([*opened, *closed], 1):
        if stage.position != position:
            stage.position = position
            moved.append(stage)
    Stage.objects.bulk_update(moved, ["position"])


def _refuse_name(name: str, others: Iterable[Stage]) -> None:
    if any(each.name.casefold() == name.casefold() for each in others):
        raise ValidationError(
            {"name": _("This process has a stage of that name.")}, code="name"
        )


def _stage_values(draft: StageDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "buyer_step": draft.buyer_step,
        "purpose": draft.purpose,
        "probability": draft.probability,
        "stuck_days": draft.stuck_days,
        "idle_days": draft.idle_days,
        "guidance": draft.guidance,
        "questions": list(draft.questions),
        "needs_outcome": draft.needs_outcome,
    }


def milestone_values(draft: MilestoneDraft, position: int) -> dict[str, Any]:
    """Return the fields of a milestone that stands at `position`."""
    is_choice = draft.answer_kind == AnswerKind.CHOICE
    return {
        "title": draft.title,
        "hint": draft.hint,
        "kind": draft.kind,
        "importance": draft.importance,
        "answer_kind": draft.answer_kind,
        "choices": list(draft.choices) if is_choice else [],
        "position": position,
    }


def _write_milestones(stage: Stage, drafts: Sequence[MilestoneDraft]) -> bool:
    """Make the stage's milestones equal to `drafts`. Return whether any changed."""
    before = {each.pk: each for each in Milestone.objects.filter(stage=stage)}
    kept = {draft.id for draft in drafts if draft.id}
    if not kept <= set(before):
        raise ValidationError(
            _("A milestone was removed meanwhile. Look at the stage again."),
            code="stale",
        )
    new, edited = [], []
    for position, draft in enumerate(drafts, 1):
        values = milestone_values(draft, position)
        if draft.id is None:
            milestone = Milestone(stage=stage, **values)
            new.append(milestone)
        else:
            milestone = before[draft.id]
            if not changed_fields(milestone, values):
                continue
            milestone.version += 1
            edited.append(milestone)
        milestone.clean_fields(exclude=["stage"])
    removed = set(before) - kept
    try:
        with transaction.atomic():
            Milestone.objects.filter(pk__in=removed).delete()
    except ProtectedError as error:
        raise ValidationError(
            _("Deals have answered a milestone that would be removed."), code="in_use"
        ) from error
    fields = [*milestone_values(MilestoneDraft(title=""), 0), "version"]
    Milestone.objects.bulk_update(edited, fields)
    Milestone.objects.bulk_create(new)
    return bool(new or edited or removed)
