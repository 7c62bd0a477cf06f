"""A new deal, and the edit of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.opportunities.forms.assign import heirs
from pipeline.opportunities.forms.picks import account_pick as pick_account
from pipeline.opportunities.models import Opportunity, Product
from pipeline.opportunities.models.opportunities import (
    FIRST_DAY,
    LARGEST_AMOUNT,
    LAST_DAY,
)
from pipeline.opportunities.selectors.options import Option
from pipeline.opportunities.selectors.sources import Origin
from pipeline.process.models import Process, Stage
from rhythm.people.models import User
from rhythm.web.forms import DateInput, version_field


class DayField(forms.DateField):
    """A day that a deal can have."""

    widget = DateInput

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not FIRST_DAY <= value <= LAST_DAY:
            raise ValidationError(_("Enter a date between 1970 and 2200."))


def amount_field() -> forms.DecimalField:
    return forms.DecimalField(
        label=gettext_lazy("Amount"),
        required=False,
        min_value=0,
        max_value=LARGEST_AMOUNT,
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class DealFields(forms.Form):
    """What a deal says of itself."""

    name = forms.CharField(label=gettext_lazy("Deal"), max_length=200)
    amount = amount_field()
    close_on = DayField(label=gettext_lazy("Expected close"), required=False)
    next_step = forms.CharField(
        label=gettext_lazy("Next step"), max_length=300, required=False
    )
    next_step_on = DayField(label=gettext_lazy("Next step on"), required=False)


class NewDealForm(DealFields):
    submission_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    owner = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Owner"), empty_label=None
    )
    process = forms.ModelChoiceField(
        Process.objects.none(), label=gettext_lazy("Process"), empty_label=None
    )

    def __init__(
        self,
        by: User,
        data: Any = None,
        *,
        recent: list[Option] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(
            data, initial={"submission_key": uuid4(), "owner": by, **(initial or {})}
        )
        chosen = (initial or {}).get("account")
        self.account_pick = pick_account(self, by, offered=recent or [], chosen=chosen)
        _choose(self, "owner", heirs(by) if by.is_manager or by.is_admin else None)
        processes = Process.objects.in_use().filter(
            pk__in=Stage.objects.open().values("process")
        )
        _choose(self, "process", processes.order_by("-is_default", "position", "pk"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.account_pick.clean(cleaned)
        return cleaned

    @property
    def key(self) -> UUID | None:
        return self.cleaned_data.get("submission_key")

    def values(self) -> dict[str, Any]:
        """Return what `services.create` takes as values."""
        cleaned = self.cleaned_data
        names = ("name", "amount", "close_on", "next_step", "next_step_on")
        return {name: cleaned[name] for name in names} | {
            "account": self.account_pick.chosen
        }


def _choose(form: forms.Form, name: str, choices: Any) -> None:
    """Offer `choices`, fetched once; with one or none there is nothing to ask."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    if choices is None or len(choices) < 2:
        del form.fields[name]
    else:
        field.queryset = choices
        # Otherwise the widget would ask again each time that it is drawn.
        field.choices = [(each.pk, str(each)) for each in choices]


class EditDealForm(DealFields):
    version = version_field()
    products = forms.ModelMultipleChoiceField(
        Product.objects.none(),
        label=gettext_lazy("Products"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    external_url = forms.URLField(
        label=gettext_lazy("Link to the CRM"),
        max_length=500,
        required=False,
        assume_scheme="https",
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    # The account when the form was shown, to tell a change.
    account_was = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        by: User,
        opportunity: Opportunity,
        data: Any = None,
        *,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(data, initial=_values(opportunity))
        self.opportunity = opportunity
        self.origin = origin
        self.kept = origin.owned if origin else frozenset[str]()
        self.account_pick = pick_account(self, by, chosen=opportunity.account)
        products = Product.objects.visible_to(by).filter(is_active=True)
        chosen = Product.objects.filter(pk__in=opportunity.products.values("pk"))
        field = self.fields["products"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = (products | chosen).distinct().order_by("name")
        # With the values that were shown, one can tell later what the person changed.
        for name in EDITED:
            self.fields[name].show_hidden_initial = True
        for name in self.kept & self.fields.keys() - {"account"}:
            assert origin is not None
            self.fields[name].disabled = True
            self.fields[name].help_text = _("Kept in %(crm)s") % {"crm": origin.title}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.account_pick.clean(cleaned)
        return cleaned

    def changes(self) -> dict[str, Any]:
        """Return what the person changed, as far as the own values are kept."""
        changed = set(self.changed_data) - self.kept_theirs
        values = {name: self.cleaned_data[name] for name in EDITED if name in changed}
        if "account" in self.kept:
            return values
        account = self.account_pick.chosen
        was = self.cleaned_data["account_was"]
        if (
            str(account.pk) if account else ""
        ) != was and "account" not in self.kept_theirs:
            values["account"] = account
        return values

    @property
    def new_account(self) -> str:
        left = self.kept_theirs | self.kept
        return "" if "account" in left else self.account_pick.new_name

    @property
    def kept_theirs(self) -> set[str]:
        """The fields that the person left to somebody else after a conflict."""
        assert isinstance(self.data, QueryDict)
        return set(self.data.getlist("theirs"))


EDITED = (
    "name",
    "amount",
    "close_on",
    "next_step",
    "next_step_on",
    "products",
    "external_url",
    "description",
)


def _values(opportunity: Opportunity) -> dict[str, Any]:
    values = {name: getattr(opportunity, name) for name in EDITED if name != "products"}
    account = opportunity.account_id
    return values | {
        "version": opportunity.version,
        "products": list(opportunity.products.values_list("pk", flat=True)),
        "account_was": str(account) if account else "",
    }
