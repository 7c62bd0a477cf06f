"""Customer outcomes, and people of a deal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.opportunities.forms.milestones import ContactFields
from pipeline.opportunities.forms.picks import contact_pick as pick_contact
from pipeline.opportunities.models import Contact, CustomerOutcome
from pipeline.opportunities.selectors.options import Option
from rhythm.people.models import User
from rhythm.web.forms import DateInput, key_field, version_field


class OutcomeForm(ContactFields):
    version = version_field()
    submission_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(
        label=gettext_lazy("In the customer's words"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    metric = forms.CharField(
        label=gettext_lazy("Measure"), max_length=160, required=False
    )
    baseline = forms.CharField(
        label=gettext_lazy("Today"), max_length=120, required=False
    )
    target = forms.CharField(
        label=gettext_lazy("Wanted"), max_length=120, required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        contacts: Sequence[Contact],
        today: date,
        outcome: CustomerOutcome | None = None,
    ) -> None:
        initial: dict[str, Any] = {"submission_key": uuid4()}
        if outcome is not None:
            names = ("version", "words", "metric", "baseline", "target")
            initial = {name: getattr(outcome, name) for name in names}
            initial["contact"] = outcome.confirmed_by_id
            initial["confirmed_on"] = outcome.confirmed_on or today
            initial["confirmed_how"] = outcome.confirmed_how
        super().__init__(data, initial=initial)
        if outcome is None:
            return
        known = [outcome.confirmed_by] if outcome.confirmed_by else []
        unique = {each.pk: each for each in [*known, *contacts]}
        self.add_contact(list(unique.values()), label=_("Confirmed by"))
        self.fields["confirmed_on"] = forms.DateField(
            label=_("Confirmed on"),
            required=False,
            widget=DateInput(max=today.isoformat()),
        )
        self.fields["confirmed_how"] = forms.CharField(
            label=_("How"), max_length=160, required=False
        )

    def values(self) -> dict[str, Any]:
        """Return what `services.add_outcome` and `edit_outcome` take."""
        names = ("words", "metric", "baseline", "target")
        return {name: self.cleaned_data[name] for name in names}


class RemovePersonForm(forms.Form):
    """Nothing to fill in: asked when somebody gave the person another part."""

    version = version_field()


class PersonForm(forms.Form):
    submission_key = key_field()
    role = forms.CharField(
        label=gettext_lazy("Part in the deal"),
        max_length=120,
        required=False,
        widget=forms.TextInput(
            attrs={"placeholder": gettext_lazy("Decides, pays, uses it, could say no")}
        ),
    )

    def __init__(self, viewer: User, offered: Sequence[Option], data: Any = None):
        super().__init__(data)
        self.contact_pick = pick_contact(self, viewer, offered=offered)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.contact_pick.clean(cleaned)
        if (
            not self.contact_pick.chosen
            and not self.contact_pick.new_name
            and not self.errors
        ):
            self.add_error("contact", _("Choose a person, or type a new name."))
        return cleaned
