"""When a team works, its days off, who is away and who stands in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from rhythm.calendar.forms.cadences import TimeInput
from rhythm.calendar.models import WorkingCalendar
from rhythm.calendar.working import countries, part_code
from rhythm.people.models import User
from rhythm.people.zones import zone_names
from rhythm.web.forms import DateInput, key_field, version_field


class WorkingForm(forms.Form):
    """Zone, days, hours and public holidays."""

    version = version_field()
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Working days"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    opens_at = forms.TimeField(label=_("From"), widget=TimeInput())
    closes_at = forms.TimeField(label=_("To"), widget=TimeInput())
    country = forms.ChoiceField(label=_("Public holidays of"), required=False)
    part = forms.CharField(
        label=_("Part of the country"),
        max_length=60,
        required=False,
        help_text=_("Its name or code, such as Bayern or BY. May stay empty."),
    )

    def __init__(
        self, data: Any = None, *, calendar: WorkingCalendar, is_new: bool
    ) -> None:
        country, _dash, part = calendar.region.partition("-")
        shown = {
            "version": 0 if is_new else calendar.version,
            "time_zone": calendar.time_zone,
            "weekdays": calendar.weekdays,
            "opens_at": calendar.opens_at,
            "closes_at": calendar.closes_at,
            "country": country,
            "part": part,
        }
        super().__init__(data, initial=shown)
        own = _("As the organisation") if calendar.team_id else _("As in Setup")
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            ("", own),
            *((each, each) for each in zone_names()),
        ]
        self.fields["country"].choices = [  # type: ignore[attr-defined]
            ("", _("None")),
            *countries(),
        ]

    def clean_part(self) -> str:
        said: str = self.cleaned_data["part"]
        country = self.cleaned_data.get("country")
        if not said or not country:
            return ""
        code = part_code(country, said)
        if code is None:
            raise ValidationError(_("No part of this country is known by that name."))
        return code

    def values(self) -> dict[str, Any]:
        """Return what valid fields say of a working calendar."""
        data = self.cleaned_data
        names = ("time_zone", "weekdays", "opens_at", "closes_at")
        region = "-".join(filter(None, (data["country"], data["part"])))
        return {name: data[name] for name in names} | {"region": region}


class DayOffForm(forms.Form):
    """A day on which the company does not work."""

    on = forms.DateField(label=_("Day"), widget=DateInput())
    name = forms.CharField(label=_("Name"), max_length=120)


class LeaveForm(forms.Form):
    """From when until when somebody is away."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("Who"), empty_label=None)
    first_on = forms.DateField(label=_("First day away"), widget=DateInput())
    last_on = forms.DateField(label=_("Last day away"), widget=DateInput())
    version = version_field()
    submission_key = key_field()

    def __init__(self, *args: Any, editor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("user", editor.pk)
        _led(self.fields["user"], editor)


class LeaveDaysForm(forms.Form):
    """Other days of leave that is there."""

    first_on = forms.DateField(label=_("First day away"), widget=DateInput())
    last_on = forms.DateField(label=_("Last day away"), widget=DateInput())
    version = version_field()


class DeputyForm(forms.Form):
    """Who chairs instead of whom, from when until when."""

    leader = forms.ModelChoiceField(
        User.objects.none(), label=_("Instead of"), empty_label=None
    )
    deputy = forms.ModelChoiceField(
        User.objects.none(), label=_("Deputy"), empty_label=_("Choose somebody")
    )
    first_on = forms.DateField(label=_("First day"), widget=DateInput())
    last_on = forms.DateField(label=_("Last day"), widget=DateInput())
    submission_key = key_field()

    def __init__(self, *args: Any, editor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("leader", editor.pk)
        _led(self.fields["leader"], editor)
        deputy = self.fields["deputy"]
        assert isinstance(deputy, forms.ModelChoiceField)
        deputy.queryset = User.objects.able_to_sign_in()


def _led(field: forms.Field, editor: User) -> None:
    """Offer the editor, and those whom the editor leads; to admins, all."""
    assert isinstance(field, forms.ModelChoiceField)
    people = User.objects.active()
    if not editor.is_admin:
        led = User.objects.led_by(editor).order_by().values("pk")
        people = people.filter(Q(pk=editor.pk) | Q(pk__in=led))
    field.queryset = people


def soon(today: date) -> dict[str, Any]:
    """Return the days with which a form begins."""
    return {"first_on": today, "last_on": today}
