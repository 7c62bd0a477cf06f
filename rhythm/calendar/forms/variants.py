"""Another hour or weekday, of a cadence that a team inherits."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from rhythm.calendar.forms.cadences import TimeInput
from rhythm.calendar.models import Cadence, CadenceVariant
from rhythm.calendar.patterns import (
    OnDayOfMonth,
    OnNthWeekday,
    OnWeekdays,
    read,
    write,
)
from rhythm.web.forms import version_field


class VariantForm(forms.Form):
    """The hour and the day. How often, the cadence says for all."""

    version = version_field()
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On"),
        choices=list(WEEKDAYS_ABBR.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    weekday = forms.TypedChoiceField(
        label=_("On"), choices=list(WEEKDAYS.items()), coerce=int
    )
    day = forms.IntegerField(label=_("Day of the month"), min_value=1, max_value=31)
    at = forms.TimeField(label=_("At"), widget=TimeInput())

    def __init__(
        self,
        data: Any = None,
        *,
        cadence: Cadence,
        variant: CadenceVariant | None,
        usual: time,
    ) -> None:
        rule = (variant.rule if variant else "") or cadence.rule
        self.was, self.pattern = cadence.rule, read(rule)
        shown: dict[str, Any] = {
            "at": (variant.at if variant else None) or usual,
            "version": variant.version if variant else 0,
        }
        match self.pattern:
            case OnWeekdays(days):
                kept, shown["weekdays"] = "weekdays", days
            case OnNthWeekday(_nth, day):
                kept, shown["weekday"] = "weekday", day
            case OnDayOfMonth(day):
                kept, shown["day"] = "day", day
            case _:
                kept = ""
        super().__init__(data, initial=shown)
        for name in ("weekdays", "weekday", "day"):
            if name != kept:
                del self.fields[name]

    def rule(self) -> str:
        """Return the rule that valid fields say, as often as before."""
        data = self.cleaned_data
        match self.pattern:
            case OnWeekdays(days):
                chosen = tuple(sorted(data["weekdays"]))
                if len(chosen) != len(days):
                    words = _("Choose as many weekdays as before: %(count)d.")
                    raise ValidationError(words, params={"count": len(days)})
                return write(replace(self.pattern, days=chosen))
            case OnNthWeekday():
                return write(replace(self.pattern, day=data["weekday"]))
            case OnDayOfMonth():
                return write(replace(self.pattern, day=data["day"]))
        return self.was
