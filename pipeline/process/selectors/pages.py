"""Processes as their pages show them: plain values, formatted once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.process.drafts import StageDraft
from pipeline.process.models import (
    AnswerKind,
    Importance,
    Milestone,
    MilestoneKind,
    Process,
    Stage,
)
from pipeline.process.selectors.drafts import stages_with_milestones
from rhythm.people.models import User
from rhythm.web import formats

# Plum is the customer's, and only the customer's.
ICONS: dict[str, tuple[str, str]] = {
    MilestoneKind.KNOW: ("question-circle", ""),
    MilestoneKind.DO: ("check-circle", ""),
    MilestoneKind.CONFIRMED: ("patch-check", "rh-buyer"),
}


@dataclass(frozen=True)
class ProcessRow:
    """A process in the list."""

    pk: int
    name: str
    description: str
    stages: str
    is_default: bool
    is_archived: bool
    version: int
    # The order of all processes after moving this one; "" where it cannot move.
    order_up: str
    order_down: str


@dataclass(frozen=True)
class MilestoneLine:
    """A milestone as everybody reads it."""

    pk: int
    title: str
    hint: str
    kind: str
    importance: str
    is_required: bool
    # "One of: a, b", or "" when any text will do.
    answer: str
    icon: str
    css: str


@dataclass(frozen=True)
class StageCard:
    """A stage as everybody reads it."""

    pk: int
    version: int
    number: int
    name: str
    buyer_step: str
    purpose: str
    is_open: bool
    kind: str
    # "60 % · 4 milestones · 21 d"
    facts: str
    probability: str
    stuck: str
    idle: str
    guidance: str
    questions: tuple[str, ...]
    needs_outcome: bool
    milestones: tuple[MilestoneLine, ...]
    order_up: str = ""
    order_down: str = ""


@dataclass(frozen=True)
class ProcessPage:
    """A process with all that its page shows."""

    pk: int
    name: str
    description: str
    is_default: bool
    is_archived: bool
    stages: tuple[StageCard, ...]
    closed: tuple[StageCard, ...]


def swapped(ids: Sequence[int], index: int, by: int) -> str:
    """Return `ids` with one moved by `by` places, joined by commas; "" if it cannot."""
    other = index + by
    if not 0 <= other < len(ids):
        return ""
    order = list(ids)
    order[index], order[other] = order[other], order[index]
    return ",".join(map(str, order))


def process_rows(viewer: User) -> list[ProcessRow]:
    """Return the processes; archived ones last and only for admins. Two queries."""
    found = Process.objects.visible_to(viewer)
    if not viewer.is_admin:
        found = found.in_use()
    processes = sorted(found, key=lambda each: each.archived_at is not None)
    stages: dict[int, list[str]] = {}
    opened = Stage.objects.open().filter(process__in=processes).order_by("position")
    for process_id, name in opened.values_list("process_id", "name"):
        stages.setdefault(process_id, []).append(name)
    ids = [each.pk for each in processes]
    return [
        ProcessRow(
            pk=each.pk,
            name=each.name,
            description=each.description,
            stages=" → ".join(stages.get(each.pk, [])),
            is_default=each.is_default,
            is_archived=each.archived_at is not None,
            version=each.version,
            order_up=swapped(ids, index, -1),
            order_down=swapped(ids, index, +1),
        )
        for index, each in enumerate(processes)
    ]


def process_page(
    process: Process, stages: Iterable[StageDraft] | None = None
) -> ProcessPage:
    """Return a process as its page shows it.

    stages are those of a draft or of an earlier version; then no query. None shows
    the published ones, by two queries.
    """
    if stages is None:
        published = Stage.objects.filter(process=process).order_by("position")
        found = stages_with_milestones(published)
    else:
        found = [
            (unsaved_stage(process, each, place), unsaved_milestones(each))
            for place, each in enumerate(stages, 1)
        ]
    ids = [stage.pk for stage, _milestones in found if stage.is_open]
    cards = [
        _card(stage, milestones, number, ids)
        for number, (stage, milestones) in enumerate(found, 1)
    ]
    return ProcessPage(
        pk=process.pk,
        name=process.name,
        description=process.description,
        is_default=process.is_default,
        is_archived=process.archived_at is not None,
        stages=tuple(each for each in cards if each.is_open),
        closed=tuple(each for each in cards if not each.is_open),
    )


def unsaved_stage(
    process: Process, draft: StageDraft, position: int, version: int = 1
) -> Stage:
    """Return the stage of a draft or a version as a record that is not saved."""
    values = {
        name: value
        for name, value in vars(draft).items()
        if name not in ("milestones", "questions")
    }
    return Stage(
        process=process,
        position=position,
        version=version,
        questions=list(draft.questions),
        **values,
    )


def unsaved_milestones(draft: StageDraft) -> list[Milestone]:
    """Return the milestones of a draft or a version as records that are not saved."""
    return [
        Milestone(
            pk=each.id or 0,
            title=each.title,
            hint=each.hint,
            kind=each.kind,
            importance=each.importance,
            answer_kind=each.answer_kind,
            choices=list(each.choices),
        )
        for each in draft.milestones
    ]


def _card(
    stage: Stage, milestones: list[Milestone], number: int, ids: list[int]
) -> StageCard:
    is_open = stage.is_open
    return StageCard(
        pk=stage.pk,
        version=stage.version,
        number=number,
        name=stage.name,
        buyer_step=stage.buyer_step,
        purpose=stage.purpose,
        is_open=is_open,
        kind=stage.get_kind_display(),
        facts=_facts(stage, len(milestones)),
        probability=formats.percent(stage.probability),
        stuck=_days(stage.stuck_days),
        idle=_days(stage.idle_days),
        guidance=stage.guidance,
        questions=tuple(stage.questions),
        needs_outcome=stage.needs_outcome,
        milestones=tuple(milestone_line(each) for each in milestones),
        order_up=swapped(ids, number - 1, -1) if is_open else "",
        order_down=swapped(ids, number - 1, +1) if is_open else "",
    )


def milestone_line(milestone: Milestone) -> MilestoneLine:
    """Return a milestone, stored or not, as everybody reads it."""
    icon, css = ICONS[milestone.kind]
    return MilestoneLine(
        pk=milestone.pk,
        title=milestone.title,
        hint=milestone.hint,
        kind=milestone.get_kind_display(),
        importance=milestone.get_importance_display(),
        is_required=milestone.importance == Importance.REQUIRED,
        answer=_answer(milestone),
        icon=icon,
        css=css,
    )


def draft_lines(draft: StageDraft) -> list[MilestoneLine]:
    """Return the milestones of a stage that is not stored yet, as reps would read."""
    return [milestone_line(each) for each in unsaved_milestones(draft)]


def _answer(milestone: Milestone) -> str:
    if milestone.answer_kind == AnswerKind.CHOICE:
        return _("One of: %(choices)s") % {"choices": ", ".join(milestone.choices)}
    if milestone.answer_kind == AnswerKind.NUMBER:
        return _("The answer is a number.")
    if milestone.answer_kind == AnswerKind.CONTACT:
        return _("The answer is a contact.")
    return ""


def _facts(stage: Stage, milestones: int) -> str:
    facts = [formats.percent(stage.probability)]
    if stage.is_open:
        text = ngettext("%(n)d milestone", "%(n)d milestones", milestones)
        facts.append(text % {"n": milestones})
    if stage.stuck_days:
        facts.append(_("%(n)d d") % {"n": stage.stuck_days})
    return " · ".join(facts)


def _days(days: int | None) -> str:
    if days is None:
        return _("no limit")
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
