"""What an edit of a stage changes, for the save bar and for a conflict."""

from __future__ import annotations

from typing import Any

from django.db.models import Field
from django.utils.translation import gettext as _

from pipeline.process.drafts import MilestoneDraft, StageDraft
from pipeline.process.models import Importance, MilestoneKind, Stage, StageKind
from rhythm.web import formats

CLOSED_FIELDS = ("name", "purpose", "guidance")
FIELDS = (
    *("name", "buyer_step", "purpose", "probability", "stuck_days", "idle_days"),
    *("guidance", "questions", "needs_outcome"),
)


def _fields(draft: StageDraft) -> tuple[str, ...]:
    return FIELDS if draft.kind == StageKind.OPEN else CLOSED_FIELDS


def differing_fields(old: StageDraft, new: StageDraft) -> list[tuple[str, str]]:
    """Return (name, label) for each field of a stage in which two states differ."""
    return [
        (name, _label(name))
        for name in _fields(old)
        if getattr(old, name) != getattr(new, name)
    ]


def differences(theirs: StageDraft, yours: StageDraft) -> list[tuple[str, str, str]]:
    """Return (label, theirs, yours) for each field in which two edits differ.

    Milestones are one field, one a line. They are compared by what they say.
    """
    found = [
        (_label(name), old, new)
        for name in _fields(theirs)
        if (old := shown_value(name, getattr(theirs, name)))
        != (new := shown_value(name, getattr(yours, name)))
    ]
    old, new = _milestones(theirs), _milestones(yours)
    if old != new:
        found.append((_("milestones"), old, new))
    return found


def count_edits(stored: StageDraft, draft: StageDraft) -> int:
    """Return how many fields and milestones an edit changes; a new order is one."""
    fields = sum(bool(getattr(stored, n) != getattr(draft, n)) for n in _fields(stored))
    before = _by_id(stored)
    after = _by_id(draft)
    new = len(draft.milestones) - len(after)
    removed = len(before.keys() - after.keys())
    edited = sum(before[pk] != after[pk] for pk in before.keys() & after.keys())
    is_reordered: bool = [pk for pk in before if pk in after] != [
        pk for pk in after if pk in before
    ]
    return fields + new + removed + edited + is_reordered


def _by_id(draft: StageDraft) -> dict[int, MilestoneDraft]:
    return {each.id: each for each in draft.milestones if each.id is not None}


def _label(name: str) -> str:
    field = Stage._meta.get_field(name)
    assert isinstance(field, Field)
    return str(field.verbose_name)


def shown_value(name: str, value: Any) -> str:
    """Return the value of a stage's field as a person reads it."""
    if name == "probability":
        return formats.percent(value)
    if name == "questions":
        return "\n".join(value)
    if name == "needs_outcome":
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def _milestones(draft: StageDraft) -> str:
    return "\n".join(_milestone(each) for each in draft.milestones)


def _milestone(each: MilestoneDraft) -> str:
    kind = MilestoneKind(each.kind).label
    importance = Importance(each.importance).label
    parts = [f"{each.title} ({kind}, {str(importance).lower()})", each.hint]
    if each.choices:
        parts.append(", ".join(each.choices))
    return " · ".join(part for part in parts if part)
