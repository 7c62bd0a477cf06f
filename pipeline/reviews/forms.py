"""What people enter in a review."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.forms.deals import DealFields
from pipeline.opportunities.models import Opportunity
from pipeline.reviews.models import Decision, ReviewItem
from pipeline.reviews.selectors.scope import Choice, Choices
from pipeline.reviews.services import NewCommitment, Prepared
from pipeline.reviews.words import PREPARED_WORDS
from rhythm.commitments.forms import PromiseFields
from rhythm.people.models import User
from rhythm.web.forms import DateInput, version_field

LENGTHS = (15, 25, 30, 45, 60, 90)
# What the chair may set right on a deal.
SET_RIGHT = ("next_step", "next_step_on", "amount", "close_on")


class StartForm(forms.Form):
    """Whom to review, how long, and when."""

    minutes = forms.IntegerField(
        label=_("Minutes"),
        validators=[MinValueValidator(5), MaxValueValidator(480)],
    )
    starts_on = forms.DateField(label=_("Day"), required=False, widget=DateInput())
    starts_at = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices = choices
        self.fields["with"] = forms.ChoiceField(
            label=_("With"),
            choices=[
                (_("Teams"), [(each.value, each.label) for each in choices.teams]),
                (_("People"), [(each.value, each.label) for each in choices.people]),
            ],
        )

    @property
    def choice(self) -> Choice | None:
        """Return whom the valid form names."""
        return self._choices.find(self.cleaned_data.get("with", ""))

    def moment(self, viewer: User, now: datetime) -> datetime:
        """Return when a review kept for later starts, in UTC terms."""
        zone = ZoneInfo(viewer.time_zone)
        day = self.cleaned_data.get("starts_on") or viewer.today(now)
        clock = self.cleaned_data.get("starts_at")
        if clock is None:
            return (
                now
                if day <= viewer.today(now)
                else datetime.combine(day, time(9), zone)
            )
        return datetime.combine(day, clock, zone)


class CommitmentFields(PromiseFields):
    """Who does what by when."""

    def promise(self) -> NewCommitment:
        """Return what the valid form promises."""
        values = self.cleaned_data
        return NewCommitment(
            what=values["what"],
            promiser=values["promiser"],
            due_on=values["due_on"],
            submission_key=values["submission_key"],
        )


class DecisionForm(CommitmentFields):
    """One of the six decisions, with what it needs."""

    decision = forms.ChoiceField(choices=Decision.choices, widget=forms.HiddenInput)
    text = forms.CharField(max_length=500, required=False)
    override = forms.CharField(
        label=_("Why it may pass all the same"), max_length=500, required=False
    )
    version = version_field()

    def __init__(self, *args: Any, wants_promise: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wants_promise = wants_promise
        for name in ("what", "promiser", "due_on"):
            self.fields[name].required = wants_promise

    def chosen_commitment(self) -> NewCommitment | None:
        """Return the promise of a decision that comes with one."""
        return self.promise() if self.wants_promise else None


class DealForm(DealFields):
    """What the chair may set right on a deal."""

    name = None  # type: ignore[assignment]
    version = version_field()

    def __init__(self, deal: Opportunity, data: Any = None) -> None:
        initial = {name: getattr(deal, name) for name in (*SET_RIGHT, "version")}
        super().__init__(data, initial=initial, auto_id="e-%s")

    def values(self) -> dict[str, Any]:
        """Return the edited values by name."""
        return {name: self.cleaned_data[name] for name in SET_RIGHT}


class CorrectionForm(forms.Form):
    """What the minutes shall say instead."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        required=False,
        choices=[("", _("None, it was skipped")), *Decision.choices],
    )
    decision_text = forms.CharField(label=_("In words"), max_length=500, required=False)
    skip_reason = forms.CharField(
        label=_("Why it was skipped"), max_length=300, required=False
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(label=_("Why it is corrected"), max_length=300)
    version = version_field()

    @classmethod
    def of(cls, item: ReviewItem) -> CorrectionForm:
        """Return the form with what the minutes say now."""
        names = ("decision", "decision_text", "skip_reason", "note", "version")
        return cls(initial={name: getattr(item, name) for name in names})

    def values(self) -> dict[str, Any]:
        """Return what is corrected, by the item's fields."""
        names = ("decision", "decision_text", "skip_reason", "note")
        return {name: self.cleaned_data[name] for name in names}


class PrepareForm(forms.Form):
    """What a rep says of one deal before its review."""

    version = version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in PREPARED_WORDS.items():
            self.fields[name] = forms.CharField(
                label=str(label),
                max_length=300,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
            )
        self.fields["prep_help"].help_text = _("May stay empty.")

    def said(self, *, overwrites: bool) -> Prepared:
        """Return what the valid form says."""
        texts = {name: self.cleaned_data[name] for name in PREPARED_WORDS}
        return Prepared(texts, None if overwrites else self.cleaned_data["version"])
