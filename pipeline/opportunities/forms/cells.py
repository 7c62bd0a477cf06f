"""One value of a deal, edited where it stands."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.forms.deals import DealFields
from pipeline.opportunities.models import Opportunity
from rhythm.web.formats import NOTHING, day, money
from rhythm.web.forms import version_field


@dataclass(frozen=True)
class Cell:
    label: Any


CELLS = {
    "next_step": Cell(_("Next step")),
    "next_step_on": Cell(_("Next step on")),
    "amount": Cell(_("Amount")),
    "close_on": Cell(_("Expected close")),
}


class CellForm(forms.Form):
    version = version_field()

    def __init__(self, field: str, opportunity: Opportunity, data: Any = None) -> None:
        value = getattr(opportunity, field)
        super().__init__(data, initial={"version": opportunity.version, "value": value})
        self.fields["value"] = deepcopy(DealFields.base_fields[field])
        self.fields["value"].widget.attrs |= {
            "class": "form-control form-control-sm",
            "aria-label": str(CELLS[field].label),
            "autofocus": True,
        }


def value_text(value: Any, *, currency: str, today: date) -> str:
    """Return the value as the table shows it."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, Decimal):
        return money(value, currency)
    if isinstance(value, date):
        return day(value, today)
    return str(value)
