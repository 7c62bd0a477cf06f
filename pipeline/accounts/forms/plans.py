"""The head of a plan, its parts, its next moves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.accounts.models import (
    AccountPlan,
    CellState,
    FieldCell,
    PlanArea,
    PlanOutcome,
    PlanPerson,
    PlanRisk,
)
from pipeline.accounts.selectors.lists import sellers_of
from pipeline.opportunities.models import Account, Contact, Opportunity
from pipeline.opportunities.models.opportunities import FIRST_DAY, LAST_DAY
from rhythm.people.models import User
from rhythm.web.forms import DateInput, RecordForm, version_field


def _choices(form: forms.BaseForm, name: str) -> forms.ModelChoiceField:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    return field


class PlanForm(RecordForm):
    """Whose plan it is, where we want to be, and why the customer wants it."""

    class Meta:
        model = AccountPlan
        fields = ("owner", "goal", "why", "next_review_on")
        widgets = {
            "goal": forms.Textarea(attrs={"rows": 3}),
            "why": forms.Textarea(attrs={"rows": 3}),
            "next_review_on": DateInput(min=FIRST_DAY, max=LAST_DAY),
        }

    def __init__(self, *args: Any, account: Account, viewer: User, **kw: Any) -> None:
        super().__init__(*args, **kw)
        owners = sellers_of(account, viewer)
        if self.instance.pk:
            owners = owners | User.objects.get_queryset().filter(
                pk=self.instance.owner_id
            )
        _choices(self, "owner").queryset = owners.distinct()

    def clean_next_review_on(self) -> Any:
        day = self.cleaned_data["next_review_on"]
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(_("This day is too far off."))
        return day


class PartForm(RecordForm):
    """A part of a plan. Choices hold what belongs to the plan and to its viewer."""

    def __init__(
        self, *args: Any, plan: AccountPlan, viewer: User, today: date, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.plan, self.viewer, self.today = plan, viewer, today
        # What was chosen once stays on offer.
        for name in ("known_by", "who"):
            if name in self.fields:
                chosen = getattr(self.instance, f"{name}_id", None)
                people = User.objects.active()
                if chosen:
                    people = people | User.objects.get_queryset().filter(pk=chosen)
                _choices(self, name).queryset = people.distinct()

    def values(self) -> dict[str, Any]:
        """Return what the fields say that this form shows."""
        names = [each for each in self._meta.fields or () if each in self.fields]
        return {name: self.cleaned_data[name] for name in names}

    def so_far(self, name: str) -> Any:
        """Return the day of a field; refuse one that is still to come."""
        day = self.cleaned_data[name]
        if day and day > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def contacts(self, chosen: int | None) -> QuerySet[Contact]:
        """Return the account's contacts, and the one that is chosen already."""
        found = Contact.objects.visible_to(self.viewer).filter(
            account=self.plan.account_id
        )
        if chosen:
            found = found | Contact.objects.filter(pk=chosen)
        return found.order_by("name", "pk")


class PersonForm(PartForm):
    class Meta:
        model = PlanPerson
        fields = (
            *("contact", "level", "side", "part", "attitude"),
            *("known_by", "bond", "reports_to", "note"),
        )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        others = PlanPerson.objects.filter(plan=self.plan).exclude(pk=self.instance.pk)
        _choices(self, "reports_to").queryset = others.select_related("contact")
        if self.instance.pk:
            del self.fields["contact"]
            return
        _choices(self, "contact").required = False
        there = PlanPerson.objects.filter(plan=self.plan).values("contact")
        _choices(self, "contact").queryset = self.contacts(None).exclude(pk__in=there)
        words = {"new_name": _("or a new name"), "new_title": _("job title")}
        for name, label in words.items():
            self.fields[name] = forms.CharField(
                label=label, max_length=160, required=False
            )
        self.order_fields(["contact", "new_name", "new_title"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "contact" in self.fields and not self.errors:
            chosen = [cleaned.get("contact"), cleaned.get("new_name")]
            if sum(map(bool, chosen)) != 1:
                self.add_error("contact", _("Choose a person, or type a new name."))
        return cleaned


class OutcomeForm(PartForm):
    class Meta:
        model = PlanOutcome
        fields = ("words", "evidence", "achieved_on", "confirmed_by")
        widgets = {
            "words": forms.Textarea(attrs={"rows": 2}),
            "achieved_on": DateInput(min=FIRST_DAY, max=LAST_DAY),
        }

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        chosen = self.instance.confirmed_by_id
        _choices(self, "confirmed_by").queryset = self.contacts(chosen)

    def clean_achieved_on(self) -> Any:
        return self.so_far("achieved_on")


class AreaForm(PartForm):
    class Meta:
        model = PlanArea
        fields = ("name",)


class RiskForm(PartForm):
    class Meta:
        model = PlanRisk
        fields = ("what", "severity", "response", "who", "closed_on", "ending")
        widgets = {"closed_on": DateInput(min=FIRST_DAY, max=LAST_DAY)}

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if not self.instance.pk:
            del self.fields["closed_on"], self.fields["ending"]

    def clean_closed_on(self) -> Any:
        return self.so_far("closed_on")


class CellForm(forms.Form):
    """How a product stands in an area."""

    NAMES = ("state", "opportunity", "note")

    version = version_field()
    state = forms.ChoiceField(
        label=gettext_lazy("How it stands"),
        required=False,
        choices=[("", gettext_lazy("Nobody has asked")), *CellState.choices],
    )
    opportunity = forms.ModelChoiceField(
        Opportunity.objects.none(),
        label=gettext_lazy("Deal"),
        required=False,
        help_text=gettext_lazy("For an open deal."),
    )
    note = forms.CharField(
        label=gettext_lazy("Who has it, or why"), max_length=200, required=False
    )

    def __init__(
        self, data: Any, *, cell: FieldCell | None, deals: QuerySet[Opportunity]
    ) -> None:
        initial: dict[str, Any] = {"version": 0}
        if cell is not None:
            initial = self.shown(cell) | {"version": cell.version}
        super().__init__(data, initial=initial)
        # What was chosen once stays on offer.
        chosen = Q(pk=cell.opportunity_id if cell else None)
        offered = deals.filter(Q(closed_on=None) | chosen)
        _choices(self, "opportunity").queryset = offered

    @classmethod
    def shown(cls, cell: FieldCell) -> dict[str, Any]:
        """Return what the form shows of a cell."""
        return {name: getattr(cell, name) for name in cls.NAMES}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("state") == CellState.DEAL and not cleaned.get("opportunity"):
            self.add_error("opportunity", _("Choose the deal."))
        return cleaned

    def says_something_new(self) -> bool:
        """Return whether it differs from what it showed."""
        return not set(self.NAMES).isdisjoint(self.changed_data)

    def values(self) -> dict[str, Any]:
        """Return what `services.say_of_field` takes."""
        return {name: self.cleaned_data[name] for name in self.NAMES}
