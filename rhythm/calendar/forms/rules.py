"""The fields that say a rule: every so many weeks on which days, and so on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from rhythm.calendar.patterns import (
    EachWorkingDay,
    OnDayOfMonth,
    OnNthWeekday,
    OnWeekdays,
    Pattern,
    read,
    write,
)
from rhythm.calendar.wording import nth_word, rule_words

DAILY, WEEKLY, NTH, DAY, KEPT = "daily", "weekly", "nth", "day", "kept"
REPEATS = [
    (WEEKLY, _("On weekdays")),
    (NTH, _("On a weekday of the month")),
    (DAY, _("On a day of the month")),
    (DAILY, _("Every working day")),
]
NTHS = (1, 2, 3, 4, 5, -1)


def every_field(label: Any) -> forms.IntegerField:
    """Return the field of every how many weeks or months."""
    return forms.IntegerField(
        label=label, min_value=1, max_value=52, initial=1, required=False
    )


class RuleFields(forms.Form):
    """A rule in plain fields. One that they cannot say is kept as it is."""

    repeat = forms.ChoiceField(
        label=_("It falls"), choices=REPEATS, widget=forms.RadioSelect, initial=WEEKLY
    )
    weeks = every_field(_("Every how many weeks"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On"),
        choices=list(WEEKDAYS_ABBR.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=[1],
    )
    nth = forms.TypedChoiceField(
        label=_("Which one"), coerce=int, required=False, empty_value=None
    )
    weekday = forms.TypedChoiceField(
        label=_("Weekday"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        empty_value=None,
    )
    day = forms.IntegerField(
        label=_("Day"),
        min_value=1,
        max_value=31,
        initial=1,
        required=False,
        help_text=_("In a shorter month, its last day."),
    )
    months = every_field(_("Every how many months"))

    def say(self, rule: str) -> None:
        """Let the fields show a rule, and offer to keep what they cannot say."""
        choices = [(nth, nth_word(nth)) for nth in NTHS]
        self.fields["nth"].choices = choices  # type: ignore[attr-defined]
        if not rule:
            return
        self.kept_rule = rule
        match read(rule):
            case EachWorkingDay():
                shown: dict[str, Any] = {"repeat": DAILY}
            case OnWeekdays(days, every):
                shown = {"repeat": WEEKLY, "weekdays": days, "weeks": every}
            case OnNthWeekday(nth, day, every):
                shown = {"repeat": NTH, "nth": nth, "weekday": day, "months": every}
            case OnDayOfMonth(day, every):
                shown = {"repeat": DAY, "day": day, "months": every}
            case None:
                shown = {"repeat": KEPT}
                as_now = _("As now: %(rule)s") % {"rule": rule_words(rule)}
                repeat = self.fields["repeat"]
                repeat.choices = [(KEPT, as_now), *REPEATS]  # type: ignore[attr-defined]
        for name, value in shown.items():
            self.initial.setdefault(name, value)

    def rule(self) -> str:
        """Return the rule that valid fields say.

        Raises ValidationError for weekly on no day.
        """
        data = self.cleaned_data
        if data["repeat"] == KEPT:
            return self.kept_rule
        weeks, months = data.get("weeks") or 1, data.get("months") or 1
        patterns: dict[str, Pattern] = {
            DAILY: EachWorkingDay(),
            WEEKLY: OnWeekdays(tuple(sorted(data.get("weekdays") or ())), weeks),
            NTH: OnNthWeekday(data.get("nth") or 1, data.get("weekday") or 0, months),
            DAY: OnDayOfMonth(data.get("day") or 1, months),
        }
        pattern = patterns[data["repeat"]]
        if isinstance(pattern, OnWeekdays) and not pattern.days:
            raise ValidationError({"weekdays": _("Choose at least one weekday.")})
        return write(pattern)

    kept_rule = ""
