"""The top three."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rhythm.web.forms import DateInput, version_field

NAMES = ("first", "second", "third")


class PrioritiesForm(forms.Form):
    """At most three lines, and until when they hold."""

    version = version_field()
    first = forms.CharField(
        label=_("First"),
        max_length=120,
        required=False,
        help_text=_("What your people do before anything else, in a few words."),
    )
    second = forms.CharField(label=_("Second"), max_length=120, required=False)
    third = forms.CharField(label=_("Third"), max_length=120, required=False)
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=DateInput(),
        help_text=_("Their last day. May stay empty: then they hold until changed."),
    )

    def __init__(self, data: Any = None, *, today: date, **options: Any) -> None:
        super().__init__(data, **options)
        self.today = today

    def clean_until(self) -> date | None:
        """Return the last day, which is not over yet."""
        until: date | None = self.cleaned_data["until"]
        if until and until < self.today:
            raise forms.ValidationError(_("This day is over. Choose a later one."))
        return until

    @property
    def lines(self) -> list[str]:
        """Return the lines of a valid form, the empty ones too."""
        return [self.cleaned_data[name] for name in NAMES]
