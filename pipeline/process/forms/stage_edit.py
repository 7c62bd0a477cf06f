"""The editor of one stage: its own fields and those of its milestones, as one form."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from pipeline.process.drafts import MilestoneDraft, StageDraft
from pipeline.process.forms.stages import ClosedStageForm, MilestoneForm, StageForm
from pipeline.process.models import Importance, MilestoneKind, Stage

MOST_MILESTONES = 60
NEW = {"kind": MilestoneKind.DO, "importance": Importance.REQUIRED}
# m12 is the milestone 12; n3 is the third new one.
KEY = re.compile(r"^(?:m[1-9]\d{0,17}|n\d{1,4})$")


class StageEdit:
    """The whole editor as it was sent or as it is stored.

    `form` holds the stage, `rows` its milestones in order. A stored milestone that has
    no row is to be removed.
    """

    def __init__(self, stage: Stage, form: forms.Form, rows: list[MilestoneForm]):
        self.stage = stage
        self.form = form
        self.rows = rows
        # The key of the row that was just added.
        self.focus = ""

    @classmethod
    def stored(cls, stage: Stage, draft: StageDraft) -> StageEdit:
        """Return the editor with the values of `draft`, nothing sent yet."""
        rows = [
            MilestoneForm(prefix=f"m{each.id}", initial=_milestone_initial(each))
            for each in draft.milestones
        ]
        return cls(stage, _form_of(stage)(initial=_stage_initial(draft)), rows)

    @classmethod
    def sent(cls, stage: Stage, data: QueryDict) -> StageEdit:
        """Return the editor as a browser sent it. What is no key does not count."""
        keys = [key for key in dict.fromkeys(data.getlist("row")) if KEY.match(key)]
        rows = [MilestoneForm(data, prefix=key) for key in keys[:MOST_MILESTONES]]
        return cls(stage, _form_of(stage)(data), rows if stage.is_open else [])

    def is_valid(self) -> bool:
        """Return whether all of it can be saved. Fills the errors of every part."""
        return all([self.form.is_valid(), *(row.is_valid() for row in self.rows)])

    def draft(self) -> StageDraft:
        """Return the values of a valid editor."""
        values = dict(self.form.cleaned_data)
        if "probability" in values:
            values["probability"] /= 100
        milestones = tuple(row.draft() for row in self.rows)
        return StageDraft(
            **values,
            milestones=milestones,
            kind=self.stage.kind,
            id=self.stage.pk,
        )

    def rough_draft(self, stored: StageDraft) -> StageDraft:
        """Return what can be told of an editor that may still be wrong.

        Fields that are wrong count as `stored`, and milestones that are wrong not at
        all. For showing what a change would do, never for saving.
        """
        self.is_valid()
        values = {
            name: value
            for name, value in getattr(self.form, "cleaned_data", {}).items()
            if name in self.form.fields
        }
        if "probability" in values:
            values["probability"] /= 100
        rows = [row.draft() for row in self.rows if not row.errors]
        kept = {name: getattr(stored, name) for name in self.form.fields}
        return StageDraft(
            **{**kept, **values},
            milestones=tuple(rows),
            kind=stored.kind,
            id=stored.id,
        )

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors or any(row.errors for row in self.rows))

    @property
    def tab(self) -> str:
        """Return the part to open: the one where something is wrong."""
        if any(row.errors for row in self.rows):
            return "milestones"
        wrong = [name for name in ("guidance", "questions") if name in self.form.errors]
        return wrong[0] if wrong else "milestones"

    def ids(self) -> set[int]:
        """Return the stored milestones that are still there."""
        return {row.id for row in self.rows if row.id is not None}

    def shown(self) -> StageEdit:
        """Return the same values without a verdict on them, to go on editing."""
        rows = []
        for row in self.rows:
            shown = MilestoneForm(prefix=row.key, initial=_as_typed(row))
            if row.key == self.focus:
                # The page puts the cursor there.
                shown.fields["title"].widget.attrs["data-focus"] = True
            rows.append(shown)
        form = _form_of(self.stage)(initial=_as_typed(self.form))
        return StageEdit(self.stage, form, rows)

    def renew(self, stored: Container[int]) -> None:
        """Turn milestones that somebody removed meanwhile into new ones.

        stored are the ids of those there are. So saving brings back what is shown.
        """
        for index, row in enumerate(self.rows):
            if row.id is not None and row.id not in stored:
                self.rows[index] = _row(self._new_key(), _as_typed(row))

    def step(self, step: str, restorable: Mapping[int, MilestoneDraft]) -> None:
        """Add, remove, restore or move a row, for a browser without scripts too.

        step is `add`, or `up:m12`, `down:m12`, `remove:m12`, `restore:m12`. Another
        one, or one that cannot be done, changes nothing.
        """
        name, _colon, key = step.partition(":")
        keys = [row.key for row in self.rows]
        if name == "add" and len(keys) < MOST_MILESTONES:
            self.rows.append(_row(self._new_key(), NEW))
            self.focus = self.rows[-1].key
        elif name == "restore" and key not in keys:
            back = restorable.get(int(key[1:])) if KEY.match(key) else None
            if back:
                self.rows.append(_row(key, _milestone_initial(back)))
        elif key in keys:
            self._move(keys.index(key), name)

    def _move(self, index: int, name: str) -> None:
        row = self.rows.pop(index)
        if name != "remove":
            by = {"up": -1, "down": 1}.get(name, 0)
            self.rows.insert(max(index + by, 0), row)

    def _new_key(self) -> str:
        taken = [int(row.key[1:]) for row in self.rows if row.id is None]
        return f"n{max(taken, default=0) + 1}"


def _form_of(stage: Stage) -> type[ClosedStageForm]:
    return StageForm if stage.is_open else ClosedStageForm


def _row(key: str, values: Mapping[str, Any]) -> MilestoneForm:
    """Return a row as if a browser had sent these values."""
    names = MilestoneForm.base_fields
    sent = {f"{key}-{name}": values[name] for name in names if name in values}
    return MilestoneForm(sent, prefix=key)


def _as_typed(form: forms.Form) -> dict[str, Any]:
    """Return what stands in the fields, right or wrong."""
    if not form.is_bound:
        return dict(form.initial)
    return {name: form[name].data for name in form.fields}


def _stage_initial(draft: StageDraft) -> dict[str, Any]:
    return {
        **vars(draft),
        "probability": percent_text(draft.probability),
        "questions": "\n".join(draft.questions),
    }


def _milestone_initial(draft: MilestoneDraft) -> dict[str, Any]:
    return {**vars(draft), "choices": "\n".join(draft.choices)}


def percent_text(share: Decimal) -> str:
    """Return a share as percent for a field: 60, or 12.5."""
    return f"{(share * 100).normalize():f}"
