"""What people choose about notices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rhythm.notices.kinds import KINDS, Kind
from rhythm.notices.models import Wishes
from rhythm.web.forms import version_field

DAYS = [
    (1, gettext_lazy("Monday")),
    (2, gettext_lazy("Tuesday")),
    (3, gettext_lazy("Wednesday")),
    (4, gettext_lazy("Thursday")),
    (5, gettext_lazy("Friday")),
    (6, gettext_lazy("Saturday")),
    (7, gettext_lazy("Sunday")),
]
HOURS = ("quiet_from", "quiet_to", "has_digest", "digest_at", "digest_days")


def _clock(label: Any, *, required: bool) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, required=required, widget=widget)


class WishesForm(forms.Form):
    """How each kind reaches one, the quiet hours, and the morning mail."""

    version = version_field()
    quiet_from = _clock(gettext_lazy("Quiet from"), required=False)
    quiet_to = _clock(gettext_lazy("until"), required=False)
    has_digest = forms.BooleanField(
        label=gettext_lazy("Send me the morning mail"), required=False
    )
    digest_at = _clock(gettext_lazy("At"), required=True)
    digest_days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On"),
        choices=DAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in KINDS:
            self.fields[_field(kind)] = forms.ChoiceField(
                label=str(kind.label),
                choices=[(each.value, each.label) for each in kind.choices],
            )

    def kinds(self) -> Iterator[tuple[Kind, BoundField]]:
        """Yield each kind with its field."""
        for kind in KINDS:
            yield kind, self[_field(kind)]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if bool(found.get("quiet_from")) != bool(found.get("quiet_to")):
            problem = _("Say from when and until when, or neither.")
            self.add_error("quiet_to", ValidationError(problem, code="ends"))
        if found.get("has_digest") and not found.get("digest_days"):
            problem = _("Choose a day, or switch the morning mail off.")
            self.add_error("digest_days", ValidationError(problem, code="days"))
        return found

    def values(self) -> dict[str, Any]:
        """Return what the person's wishes are to be. Defaults are not written down."""
        cleaned = self.cleaned_data
        chosen = {kind.key: cleaned[_field(kind)] for kind in KINDS}
        return {name: cleaned[name] for name in HOURS} | {
            "deliveries": {
                kind.key: chosen[kind.key]
                for kind in KINDS
                if chosen[kind.key] != kind.delivery
            }
        }


def shown(wishes: Wishes) -> dict[str, Any]:
    """Return what the form shows of somebody's wishes."""
    hours = {name: getattr(wishes, name) for name in HOURS}
    kinds = {_field(kind): wishes.delivery(kind.key).value for kind in KINDS}
    return hours | kinds


def _field(kind: Kind) -> str:
    return "kind_" + kind.key.replace(".", "_")
