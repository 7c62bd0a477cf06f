"""What people enter about a meeting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from rhythm.calendar.models import Meeting
from rhythm.calendar.recurrence import moment
from rhythm.people.models import User
from rhythm.web.forms import DateInput, version_field

# Beyond these, a year was mistyped rather than meant.
FARTHEST_AHEAD = timedelta(days=366)
FARTHEST_BACK = timedelta(days=31)


class ReasonForm(forms.Form):
    """Why a meeting is left out, or called off."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everybody in the meeting reads it."),
    )
    version = version_field()


class WhenForm(forms.Form):
    """A day and an hour on the wall of whoever fills it in."""

    on = forms.DateField(label=_("Day"), widget=DateInput())
    at = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    version = version_field()

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(viewer.time_zone)
        self.fields["at"].help_text = _("Your time: %s") % viewer.time_zone

    def moment(self) -> datetime:
        """Return what was entered, in UTC."""
        found: datetime = self.cleaned_data["moment"]
        return found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("on") and values.get("at") is not None:
            found = moment(values["on"], values["at"], self.zone)
            if found is None:
                raise forms.ValidationError(_("There was no such day where you are."))
            values["moment"] = found
        return values


class MoveForm(WhenForm):
    """Another time for a meeting, not a year away.

    It may be one that is just over: of a meeting that was held before its time.
    """

    minutes = forms.IntegerField(
        label=_("Minutes"), validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    @property
    def is_over(self) -> bool:
        """Whether what was entered is a time that has passed."""
        return self.moment() <= self.now

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        found = values.get("moment")
        if found and found > self.now + FARTHEST_AHEAD:
            far = _("That is more than a year ahead. Is the year right?")
            self.add_error("on", far)
        if found and found < self.now - FARTHEST_BACK:
            long_ago = _("That is more than a month ago. Is the day right?")
            self.add_error("on", long_ago)
        return values

    @staticmethod
    def shown(meeting: Meeting, viewer: User) -> dict[str, Any]:
        """Return what the form begins with: the time, as `viewer` reads it."""
        local = meeting.starts_at.astimezone(ZoneInfo(viewer.time_zone))
        return {
            "on": local.date(),
            "at": local.time(),
            "minutes": meeting.planned_minutes,
            "version": meeting.version,
        }


class OutsideForm(WhenForm):
    """When a meeting was held elsewhere, and what came of it."""

    notes = forms.CharField(
        label=_("Notes"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Everybody in the meeting reads them."),
    )
