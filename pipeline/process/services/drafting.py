"""Edits of a process that are not published: nothing here reaches a deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from pipeline.process.content import Plan, Removal, plan_to_json
from pipeline.process.drafts import MilestoneDraft, StageDraft
from pipeline.process.models import Draft, Milestone, Process, Stage, StageKind
from pipeline.process.selectors.pages import unsaved_milestones
from pipeline.process.selectors.working import Working, working
from rhythm.people.models import User
from rhythm.web.versions import Conflict, check_version


@transaction.atomic
def draft_stage(
    process: Process,
    edited: StageDraft,
    *,
    answers: Mapping[int, int | None],
    by: User,
    now: datetime,
    shown_version: int | None = None,
) -> None:
    """Keep the edit of a stage, whole, in the draft of its process.

    edited says by its id which one it is. Milestones that it does not name go when the
    draft is published; answers says what becomes of what deals answered to them, see
    `opportunities.services.process_changes.save_stage`. A closed stage takes a name, a
    purpose and guidance only. Keeping what is there already changes nothing.

    Raises ValidationError if the stage is gone ("gone"), the name is taken or a
    milestone is not of this stage; Conflict if somebody edited it after it was shown.
    """
    found = open_draft(process)
    stored = _stage(found, edited.id)
    check_version(found.stage(edited.id or 0), shown_version)
    if stored.kind != StageKind.OPEN:
        edited = replace(
            stored,
            name=edited.name,
            purpose=edited.purpose,
            guidance=edited.guidance,
        )
    refuse_taken(edited, found.plan)
    edited = _with_ids(edited, stored, found.live_stage(edited.id or 0))
    _check(found, edited)
    kept = {each.id for each in edited.milestones}
    live = found.live_stage(edited.id or 0)
    own = {each.id for each in live.milestones} if live else set()
    given = {pk: to for pk, to in answers.items() if pk in own - kept}
    others = {pk: to for pk, to in found.plan.answers.items() if pk not in own}
    if edited == stored and {**others, **given} == found.plan.answers:
        return
    found.plan.answers = {**others, **given}
    found.plan.stages[found.plan.stages.index(stored)] = edited
    found.plan.versions[edited.id or 0] = found.version(edited.id or 0) + 1
    _keep(found, by, now)


@transaction.atomic
def draft_new_stage(
    process: Process,
    *,
    name: str,
    by: User,
    now: datetime,
    submission_key: UUID | None = None,
) -> int:
    """Add an open stage after the last open one of the draft, and return its id.

    The same submission_key again returns the stage that it made.

    Raises ValidationError if the draft has a stage of that name.
    """
    found = open_draft(process)
    plan = found.plan
    if submission_key and (made := plan.keys.get(str(submission_key))):
        return made
    [pk] = _reserve(Stage, 1)
    stage = StageDraft(name=name, id=pk)
    refuse_taken(stage, plan)
    _check(found, stage)
    plan.stages = [*plan.opened(), stage, *plan.closed()]
    if submission_key:
        plan.keys[str(submission_key)] = pk
    _keep(found, by, now)
    return pk


@transaction.atomic
def draft_order(
    process: Process, ids: Sequence[int], *, by: User, now: datetime
) -> None:
    """Put the open stages of the draft into the order of `ids`.

    Raises ValidationError unless `ids` are exactly its open stages, as when somebody
    added or removed one meanwhile.
    """
    found = open_draft(process)
    opened = {each.id: each for each in found.plan.opened()}
    if sorted(ids) != sorted(pk for pk in opened if pk):
        raise ValidationError(
            _("The stages changed meanwhile. Look at them again, then order them."),
            code="stale",
        )
    found.plan.stages = [*(opened[pk] for pk in ids), *found.plan.closed()]
    _keep(found, by, now)


@transaction.atomic
def draft_removal(
    process: Process,
    removal: Removal,
    *,
    by: User,
    now: datetime,
    shown_version: int | None = None,
) -> None:
    """Take an open stage out of the draft. What is published goes when that is.

    Where other stages' deals were to come here, they go on to its own target.

    Raises ValidationError if the stage is gone, closed or the last open one, or if
    the target is not another open stage ("target"); Conflict.
    """
    found = open_draft(process)
    plan = found.plan
    stored = _stage(found, removal.stage_id)
    check_version(found.stage(removal.stage_id), shown_version)
    if stored.kind != StageKind.OPEN:
        raise ValidationError(
            _("Every process ends in won, lost and walked away."), code="closed"
        )
    plan.stages.remove(stored)
    if not plan.opened():
        raise ValidationError(_("A process needs a stage to begin in."), code="last")
    if removal.to is not None and removal.to not in {e.id for e in plan.opened()}:
        raise ValidationError(
            _("Choose another open stage of this process."), code="target"
        )
    for each in list(plan.removals.values()):
        if each.to == removal.stage_id:
            if removal.to is None:
                raise ValidationError(
                    _("Deals of another stage come here. Say where they go."),
                    code="target",
                )
            plan.removals[each.stage_id] = replace(each, to=removal.to)
    live = found.live_stage(removal.stage_id)
    if live:
        plan.removals[removal.stage_id] = removal
        for milestone in live.milestones:
            plan.answers.pop(milestone.id or 0, None)
    plan.versions[removal.stage_id] = found.version(removal.stage_id) + 1
    _keep(found, by, now)


@transaction.atomic
def draft_restore(process: Process, stage_id: int, *, by: User, now: datetime) -> None:
    """Put a published stage that the draft removes back, as it is published.

    One that is not removed stays as it is. Raises ValidationError if its name is taken.
    """
    found = open_draft(process)
    live = found.live_stage(stage_id)
    if live is None or found.plan.removals.pop(stage_id, None) is None:
        return
    refuse_taken(live, found.plan)
    place = found.live.index(live)
    opened = found.plan.opened()
    opened.insert(min(place, len(opened)), live)
    found.plan.stages = [*opened, *found.plan.closed()]
    found.plan.versions[stage_id] = found.version(stage_id) + 1
    _keep(found, by, now)


@transaction.atomic
def discard_draft(process: Process, *, shown: str | None = None) -> None:
    """Drop all edits that are not published. Without a draft, nothing happens.

    shown is `Draft.shown`. Raises Conflict if somebody edited the draft after.
    """
    found = open_draft(process)
    if found.draft is None:
        return
    check_shown(found.draft, shown)
    _drop(found)


def check_shown(draft: Draft, shown: str | None) -> None:
    """Refuse another draft than the one that the form showed. None skips the check.

    Raises Conflict.
    """
    if shown is not None and shown != draft.shown:
        raise Conflict(draft)


def open_draft(process: Process) -> Working:
    """Return a process with its draft; nobody else edits it until the end."""
    # Deals may move meanwhile: they only need the row to stay.
    Process.objects.select_for_update(no_key=True).get(pk=process.pk)
    return working(process)


def close_draft(found: Working) -> None:
    """Remove a draft, and let no editor that shows it be taken for a new one."""
    for pk, version in found.plan.versions.items():
        Stage.objects.filter(pk=pk, version__lt=version).update(version=version)
    if found.draft:
        found.draft.delete()


def _drop(found: Working) -> None:
    for pk in found.plan.versions:
        found.plan.versions[pk] += 1
    close_draft(found)


def _keep(found: Working, by: User, now: datetime) -> None:
    """Store the plan; none is kept that would change nothing."""
    if tuple(found.plan.stages) == found.live:
        close_draft(found)
        return
    draft = found.draft or Draft(process=found.process, version=0)
    draft.content = plan_to_json(found.plan)
    draft.edited_by, draft.edited_at = by, now
    draft.version += 1
    if draft.pk:
        draft.save(update_fields=["content", "edited_by", "edited_at", "version"])
    else:
        draft.save()


def _stage(found: Working, pk: int | None) -> StageDraft:
    stage = found.plan.stage(pk or 0)
    if stage is None:
        raise ValidationError(_("This stage was removed meanwhile."), code="gone")
    return stage


def refuse_taken(stage: StageDraft, plan: Plan) -> None:
    """Refuse a name that another stage of the draft has."""
    name = stage.name.casefold()
    if any(e.name.casefold() == name for e in plan.stages if e.id != stage.id):
        raise ValidationError(
            {"name": _("This process has a stage of that name.")}, code="name"
        )


def _with_ids(
    edited: StageDraft, stored: StageDraft, live: StageDraft | None
) -> StageDraft:
    """Return the stage with ids for its new milestones, those that they will have."""
    known = {e.id for each in (stored, live) if each for e in each.milestones}
    if not {each.id for each in edited.milestones if each.id} <= known:
        raise ValidationError(
            _("A milestone was removed meanwhile. Look at the stage again."),
            code="stale",
        )
    new = sum(each.id is None for each in edited.milestones)
    ids = iter(_reserve(Milestone, new) if new else ())
    milestones = tuple(
        each if each.id else replace(each, id=next(ids)) for each in edited.milestones
    )
    return replace(edited, milestones=tuple(map(_tidy, milestones)))


def _tidy(milestone: MilestoneDraft) -> MilestoneDraft:
    """Return the milestone as it will be stored: only a choice has choices."""
    is_choice = milestone.answer_kind == "choice"
    return milestone if is_choice else replace(milestone, choices=())


def _check(found: Working, stage: StageDraft) -> None:
    """Refuse values that the database would refuse when they are published."""
    shown = Working(found.process, (), {}, Plan([stage])).stage(stage.id or 0)
    shown.clean_fields(exclude=["process"])
    for milestone in unsaved_milestones(stage):
        milestone.position = 1
        milestone.clean_fields(exclude=["stage"])


def _reserve(model: type[models.Model], count: int) -> list[int]:
    """Return ids that the database gives to nobody else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"
            " FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]
