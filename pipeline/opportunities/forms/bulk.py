"""What is done with all deals that were chosen, one form for each kind of change."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.opportunities.forms.assign import heirs
from pipeline.opportunities.forms.deals import DayField
from pipeline.opportunities.forms.stages import REASON
from pipeline.opportunities.selectors.bulk import Choice, shown_in
from pipeline.opportunities.services.bulk import (
    BulkChange,
    CloseOn,
    GiveTo,
    MoveTo,
    NextStep,
    ShiftClose,
)
from pipeline.process.models import Stage
from rhythm.people.models import User
from rhythm.web.forms import key_field

FURTHEST_DAYS = 3650


class BulkForm(forms.Form):
    """The deals that were chosen, and what is done with them."""

    title: ClassVar[Any] = ""
    button: ClassVar[Any] = gettext_lazy("Change them")

    deals = forms.CharField(required=False, widget=forms.HiddenInput)
    submission_key = key_field()

    def __init__(self, by: User, choice: Choice, data: Any = None) -> None:
        super().__init__(data, initial={"deals": choice.text})

    @property
    def shown(self) -> dict[int, int]:
        """Return the versions that were shown, by deal."""
        return shown_in(self.cleaned_data["deals"].split(","))

    def change(self) -> BulkChange:
        raise NotImplementedError


class OwnerForm(BulkForm):
    title = gettext_lazy("Give them to somebody else")
    button = gettext_lazy("Hand them over")

    to = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("New owner"), empty_label=None
    )

    def __init__(self, by: User, choice: Choice, data: Any = None) -> None:
        super().__init__(by, choice, data)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = heirs(by)

    def change(self) -> BulkChange:
        return GiveTo(self.cleaned_data["to"])


class CloseForm(BulkForm):
    title = gettext_lazy("Change the close date")

    close_on = DayField(label=gettext_lazy("To this day"), required=False)
    days = forms.IntegerField(
        label=gettext_lazy("or later by so many days"),
        help_text=gettext_lazy("A minus moves them earlier: -7."),
        required=False,
        min_value=-FURTHEST_DAYS,
        max_value=FURTHEST_DAYS,
    )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if self.errors:
            return values
        if (values.get("close_on") is None) == (not values.get("days")):
            raise ValidationError(_("Give either a day, or by how many days."))
        return values

    def change(self) -> BulkChange:
        if self.cleaned_data.get("days"):
            return ShiftClose(self.cleaned_data["days"])
        return CloseOn(self.cleaned_data["close_on"])


class StepForm(BulkForm):
    title = gettext_lazy("Set the next step")

    next_step = forms.CharField(label=gettext_lazy("Next step"), max_length=300)
    next_step_on = DayField(
        label=gettext_lazy("Next step on"),
        help_text=gettext_lazy("Left empty, the next step has no date."),
        required=False,
    )

    def change(self) -> BulkChange:
        values = self.cleaned_data
        return NextStep(values["next_step"], values["next_step_on"])


class StageField(forms.ModelChoiceField):
    """A stage; with its process, where deals of several were chosen."""

    is_of_many = False

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.process}: {obj}" if self.is_of_many else str(obj)


class StageForm(BulkForm):
    title = gettext_lazy("Move them to a stage")
    button = gettext_lazy("Move them")

    stage = StageField(
        Stage.objects.none(), label=gettext_lazy("Stage"), empty_label=None
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "Needed for what moves back, and where you let a deal past its gate."
        ),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs=REASON),
    )

    def __init__(self, by: User, choice: Choice, data: Any = None) -> None:
        super().__init__(by, choice, data)
        field = self.fields["stage"]
        assert isinstance(field, StageField)
        stages = Stage.objects.open().filter(process__in=choice.process_ids)
        field.queryset = stages.select_related("process").order_by(
            "process__name", "process", "position"
        )
        field.is_of_many = len(choice.process_ids) > 1

    def change(self) -> BulkChange:
        return MoveTo(self.cleaned_data["stage"], self.cleaned_data["reason"])


# By the name that the address and the buttons have for them.
FORMS: dict[str, type[BulkForm]] = {
    "owner": OwnerForm,
    "close": CloseForm,
    "step": StepForm,
    "stage": StageForm,
}
