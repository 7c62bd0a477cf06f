"""The fields of a stage and of its milestones."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.process.drafts import MilestoneDraft
from pipeline.process.models import AnswerKind, Importance, MilestoneKind

MOST_LINES = 60


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
