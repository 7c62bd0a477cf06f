"""The editor of one stage: its own fields and those of its milestones, as one form."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from pipeline.process.drafts import MilestoneDraft, StageDraft
from pipeline.process.models import AnswerKind, Importance, MilestoneKind, Stage

MOST_MILESTONES = 60
MOST_LINES = 60
NEW = {"kind": MilestoneKind.DO, "importance": Importance.REQUIRED}
# m12 is the milestone 12; n3 is the third new one.
KEY = re.compile(r"^(?:m[1-9]\d{0,17}|n\d{1,4})$")


class LinesField(forms.CharField):
    """One value per line; empty lines and blanks around do not count."""

    def __init__(self, *, line_length: int, **kwargs: Any) -> None:
        self.line_length = line_length
        kwargs.setdefault("widget", forms.Textarea)
        kwargs.setdefault("max_length", 20_000)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            message = _("At most %(n)d lines.") % {"n": MOST_LINES}
            raise forms.ValidationError(message, code="lines")
        if any(len(line) > self.line_length for line in lines):
            message = _("At most %(n)d letters in a line.") % {"n": self.line_length}
            raise forms.ValidationError(message, code="line_length")
        return tuple(lines)


class LineField(forms.CharField):
    """One line, in a box that grows so that all of it can be read."""

    def to_python(self, value: Any) -> Any:
        return " ".join(str(super().to_python(value)).split())


def _number(**attrs: Any) -> forms.NumberInput:
    return forms.NumberInput({"class": "form-control", **attrs})


def _text(**attrs: Any) -> forms.TextInput:
    return forms.TextInput({"class": "form-control", **attrs})


def _area(rows: int, *, css: str = "form-control", **attrs: Any) -> forms.Textarea:
    return forms.Textarea({"class": css, "rows": rows, **attrs})


class ClosedStageForm(forms.Form):
    """What a stage in which deals end may say: no gate, no limits."""

    name = forms.CharField(label=_("Seller's stage"), max_length=80, widget=_text())
    purpose = forms.CharField(
        label=_("Purpose"), max_length=300, required=False, widget=_text()
    )
    guidance = forms.CharField(
        label=_("Guidance"), max_length=20_000, required=False, widget=_area(10)
    )

    def clean_guidance(self) -> str:
        """Return the text with the ends of lines as they are stored."""
        return "\n".join(self.cleaned_data["guidance"].splitlines())


class StageForm(ClosedStageForm):
    buyer_step = forms.CharField(
        label=_("Buyer's step"), max_length=120, required=False, widget=_text()
    )
    # In percent, as people say it; `share` is what is stored.
    probability = forms.DecimalField(
        label=_("Probability, %"),
        min_value=0,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        widget=_number(inputmode="decimal"),
    )
    stuck_days = forms.IntegerField(
        label=_("Stuck, days"),
        min_value=1,
        max_value=3650,
        required=False,
        widget=_number(inputmode="numeric"),
    )
    idle_days = forms.IntegerField(
        label=_("Idle, days"),
        min_value=1,
        max_value=3650,
        required=False,
        widget=_number(inputmode="numeric"),
    )
    questions = LinesField(
        label=_("Questions to ask, one a line"),
        line_length=300,
        required=False,
        widget=_area(8),
    )
    needs_outcome = forms.BooleanField(
        label=_("A customer outcome that a contact has confirmed"), required=False
    )


class MilestoneForm(forms.Form):
    title = LineField(
        label=_("Milestone"),
        max_length=200,
        widget=_area(
            1,
            css="form-control sa-title",
            placeholder=_("What must be known, done or confirmed?"),
        ),
    )
    hint = LineField(
        label=_("Hint"),
        max_length=500,
        required=False,
        widget=_area(
            1,
            css="form-control sa-hint",
            placeholder=_("Hint: how to tell that it is met"),
        ),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=MilestoneKind, widget=forms.RadioSelect
    )
    importance = forms.ChoiceField(
        label=_("Importance"),
        choices=Importance,
        widget=forms.Select({"class": "form-select sa-proof"}),
    )
    answer_kind = forms.ChoiceField(
        label=_("Answer"),
        choices=AnswerKind,
        required=False,
        widget=forms.Select({"class": "form-select sa-proof"}),
    )
    choices = LinesField(
        label=_("Choices, one a line"),
        line_length=120,
        required=False,
        widget=_area(3),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("kind") != MilestoneKind.KNOW:
            # Only what one knows has an answer of a kind.
            values["answer_kind"] = AnswerKind.TEXT
        values["answer_kind"] = values.get("answer_kind") or AnswerKind.TEXT
        if values["answer_kind"] != AnswerKind.CHOICE:
            values["choices"] = ()
            self.errors.pop("choices", None)
        elif not values.get("choices") and "choices" not in self.errors:
            self.add_error("choices", _("Name the choices, one a line."))
        return values

    @property
    def key(self) -> str:
        return str(self.prefix)

    @property
    def id(self) -> int | None:
        """Return the milestone's id, or None while it is new."""
        return int(self.key[1:]) if self.key.startswith("m") else None

    def draft(self) -> MilestoneDraft:
        return MilestoneDraft(**self.cleaned_data, id=self.id)


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
        return StageDraft(**values, milestones=milestones, kind=self.stage.kind)

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
            **{**kept, **values}, milestones=tuple(rows), kind=stored.kind
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
