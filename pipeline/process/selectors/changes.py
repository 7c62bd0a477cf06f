"""What differs between two states of a process, a sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pipeline.process.content import Removal
from pipeline.process.drafts import MilestoneDraft, StageDraft
from pipeline.process.models import AnswerKind, Importance, MilestoneKind, StageKind
from pipeline.process.selectors.differences import differing_fields, shown_value

# Said with the old and the new value; of the others, only that they changed.
SHORT = ("buyer_step", "probability", "stuck_days", "idle_days")


@dataclass(frozen=True)
class Stricter:
    """What is required now and was not before."""

    milestone_ids: frozenset[int]
    # Stages that need a confirmed customer outcome now.
    stage_ids: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.milestone_ids or self.stage_ids)


def stricter(old: Iterable[StageDraft], new: Iterable[StageDraft]) -> Stricter:
    """Return what `new` requires and `old` did not."""
    before, after = list(old), list(new)
    return Stricter(
        milestone_ids=_required(after) - _required(before),
        stage_ids=_needing(after) - _needing(before),
    )


def _required(stages: Iterable[StageDraft]) -> frozenset[int]:
    return frozenset(
        each.id
        for stage in stages
        for each in stage.milestones
        if each.id is not None and each.importance == Importance.REQUIRED
    )


def _needing(stages: Iterable[StageDraft]) -> frozenset[int]:
    return frozenset(each.id for each in stages if each.id and each.needs_outcome)


def changes(
    old: Sequence[StageDraft],
    new: Sequence[StageDraft],
    removals: Mapping[int, Removal] | None = None,
) -> list[str]:
    """Return in words what `new` changes in `old`, stage by stage. No query.

    Stages and milestones are the same where their ids are. removals says where the
    deals of removed stages go.
    """
    before = {each.id: each for each in old}
    names = {each.id: each.name for each in new}
    found: list[str] = []
    for stage in new:
        was = before.get(stage.id)
        found += _new_stage(stage) if was is None else _stage(was, stage)
    for stage in old:
        if stage.id not in names:
            removal = (removals or {}).get(stage.id or 0)
            found.append(_removed(stage, names.get(removal.to) if removal else None))
    return [*found, *_order(old, new)]


def _new_stage(stage: StageDraft) -> list[str]:
    texts = [_("New stage: %(name)s.") % {"name": stage.name}]
    texts += [_new_milestone(stage, each) for each in stage.milestones]
    if stage.needs_outcome:
        texts.append(_needs_outcome(stage))
    return texts


def _removed(stage: StageDraft, to: str | None) -> str:
    values = {"name": stage.name, "to": to}
    if to is None:
        return _("The stage %(name)s is removed.") % values
    return _("The stage %(name)s is removed; its deals go to %(to)s.") % values


def _order(old: Sequence[StageDraft], new: Sequence[StageDraft]) -> list[str]:
    there = {each.id for each in old} & {each.id for each in new}
    before, after = (
        [each.id for each in stages if each.id in there and _is_open(each)]
        for stages in (old, new)
    )
    if before == after:
        return []
    line = " → ".join(each.name for each in new if _is_open(each))
    return [_("The stages are in a new order: %(line)s.") % {"line": line}]


def _is_open(stage: StageDraft) -> bool:
    return stage.kind == StageKind.OPEN


def _stage(old: StageDraft, new: StageDraft) -> Iterator[str]:
    for name, label in differing_fields(old, new):
        yield _field(old, new, name, label)
    before = {each.id: each for each in old.milestones}
    after = {each.id for each in new.milestones}
    for each in new.milestones:
        was = before.get(each.id)
        if was is None:
            yield _new_milestone(new, each)
        else:
            yield from _milestone(new, was, each)
    for each in old.milestones:
        if each.id not in after:
            values = {"stage": new.name, "title": each.title}
            yield _("%(stage)s: “%(title)s” is not asked for any more.") % values
    if [pk for pk in before if pk in after] != [
        each.id for each in new.milestones if each.id in before
    ]:
        yield _("%(stage)s: the milestones are in a new order.") % {"stage": new.name}


def _field(old: StageDraft, new: StageDraft, name: str, label: str) -> str:
    values = {"stage": new.name, "label": label}
    if name == "name":
        return _("%(old)s is now called %(stage)s.") % {**values, "old": old.name}
    if name == "needs_outcome":
        if new.needs_outcome:
            return _needs_outcome(new)
        return _("%(stage)s: no confirmed customer outcome is needed.") % values
    if name not in SHORT:
        return _("%(stage)s: the %(label)s changed.") % values
    was, now = (shown_value(name, getattr(each, name)) or "–" for each in (old, new))
    return _("%(stage)s: %(label)s from %(old)s to %(new)s.") % {
        **values,
        "old": was,
        "new": now,
    }


def _needs_outcome(stage: StageDraft) -> str:
    return _("%(stage)s: a confirmed customer outcome is required.") % {
        "stage": stage.name
    }


def _new_milestone(stage: StageDraft, each: MilestoneDraft) -> str:
    return _("%(stage)s: new milestone “%(title)s”, %(importance)s.") % {
        "stage": stage.name,
        "title": each.title,
        "importance": _lower(Importance(each.importance)),
    }


def _milestone(
    stage: StageDraft, old: MilestoneDraft, new: MilestoneDraft
) -> Iterator[str]:
    values = {"stage": stage.name, "title": new.title, "old": old.title}
    if old.title != new.title:
        yield _("%(stage)s: “%(old)s” is now “%(title)s”.") % values
    if old.importance != new.importance:
        yield _("%(stage)s: “%(title)s” is %(new)s, it was %(old)s.") % {
            **values,
            "new": _lower(Importance(new.importance)),
            "old": _lower(Importance(old.importance)),
        }
    if old.kind != new.kind:
        kind = _lower(MilestoneKind(new.kind))
        yield _("%(stage)s: “%(title)s” is %(kind)s.") % {**values, "kind": kind}
    if (old.answer_kind, old.choices) != (new.answer_kind, new.choices):
        answer = ", ".join(new.choices) or _lower(AnswerKind(new.answer_kind))
        yield _("%(stage)s: the answer to “%(title)s” is %(answer)s.") % {
            **values,
            "answer": answer,
        }
    if old.hint != new.hint:
        yield _("%(stage)s: the hint to “%(title)s” changed.") % values


def _lower(choice: Importance | MilestoneKind | AnswerKind) -> str:
    return str(choice.label).lower()
