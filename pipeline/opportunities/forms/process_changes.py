"""Where deals and answers go when the process changes under them, and from when on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.services.process_changes import StageUse
from pipeline.process.drafts import StageDraft
from pipeline.process.models import ForPresent

KEEP, DROP = "keep", "drop"
USUAL_GRACE = 14


class RemoveStageForm(forms.Form):
    """Asks only for what the stage's use needs."""

    to = forms.TypedChoiceField(
        label=_("Its deals go to"), coerce=int, empty_value=None
    )
    answers = forms.ChoiceField(
        label=_("What deals have answered there"),
        choices=[
            (KEEP, _("Keep: its milestones come along, as optional ones")),
            (DROP, _("Drop: only the history keeps it")),
        ],
        initial=KEEP,
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, others: Iterable[StageDraft], use: StageUse, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", _("Choose")), *((each.id, each.name) for each in others)]
        field.required = use.needs_target
        if not use.answers:
            del self.fields["answers"]
            if not use.needs_target:
                del self.fields["to"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        needs_home = values.get("answers") == KEEP
        if needs_home and not values.get("to") and "to" not in self.errors:
            self.add_error("to", _("Say which stage takes its milestones."))
        return values


class PublishForm(forms.Form):
    """What a publishing means for the deals that are there, and why it is done."""

    for_present = forms.ChoiceField(
        label=_("Deals that are there already"),
        choices=[
            (ForPresent.GRACE, _("have days of grace, then it binds them too")),
            (ForPresent.NEW, _("are spared: it binds only new deals")),
            (ForPresent.NOW, _("are bound now")),
        ],
        initial=ForPresent.GRACE,
        widget=forms.RadioSelect,
    )
    days = forms.IntegerField(
        label=_("Days of grace"),
        min_value=1,
        max_value=365,
        initial=USUAL_GRACE,
        required=False,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    note = forms.CharField(
        label=_("Why, for those who read what changed"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, is_stricter: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_stricter:
            # Nothing is new that could bind a deal.
            del self.fields["for_present"], self.fields["days"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        wants_days = values.get("for_present") == ForPresent.GRACE
        if wants_days and not values.get("days") and "days" not in self.errors:
            self.add_error("days", _("Say how many days."))
        return values
