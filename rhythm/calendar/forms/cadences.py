"""A cadence as people say it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rhythm.calendar.agendas import INSTEAD
from rhythm.calendar.forms.rules import DAILY, RuleFields
from rhythm.calendar.models import (
    AgendaTemplate,
    Cadence,
    MeetingKind,
    OffDayPolicy,
    Reach,
)
from rhythm.calendar.wording import before_words
from rhythm.people.models import Team, User
from rhythm.people.zones import zone_names
from rhythm.web.forms import DateInput, RecordForm, version_field

# Further from today, the year of a first day was mistyped rather than meant.
FARTHEST = timedelta(days=2 * 366)
REMINDERS = (10_080, 2_880, 1_440, 120, 60, 15)


class TimeInput(forms.TimeInput):
    """The browser's own clock."""

    input_type = "time"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%H:%M")


class AskedForm(forms.Form):
    """Yes, to what was asked about a cadence of this version."""

    version = version_field()


class CadenceForm(RuleFields, RecordForm):
    """Makes or edits a cadence."""

    remind_minutes = forms.TypedMultipleChoiceField(
        label=_("Remind, before it"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=[1_440],
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = Cadence
        fields = (
            *("kind", "title", "scope", "team", "reach", "is_mandatory", "at"),
            *("time_zone", "minutes", "off_days", "first_on", "last_on", "chair"),
            *("is_async", "agenda"),
            *("prepare_hours", "preread_hours", "remind_minutes"),
        )
        labels = {
            "title": _("Its own name"),
            "scope": _("With whom"),
            "reach": _("For"),
            "is_mandatory": _("Mandatory for every team below"),
            "is_async": _("Without meeting: everybody answers in writing by its hour"),
            "off_days": _("When it falls on a day off"),
            "last_on": _("Last day"),
            "first_on": _("First day"),
            "agenda": _("Agenda"),
            "prepare_hours": _("Ask for preparation, hours before"),
            "preread_hours": _("Send the pre-read, hours before"),
            "at": _("At"),
        }
        help_texts = {
            "title": _("Instead of the kind's name. May stay empty."),
            "is_mandatory": _("They may move its hour, and not drop it."),
            "is_async": _("Huddles alone. They are asked when preparation begins."),
            "last_on": _("Empty: for ever."),
            "prepare_hours": _(
                "0: none. A huddle in writing then asks 8 hours before."
            ),
            "preread_hours": _("Numbers, changes and wins, by mail. 0: none."),
            "first_on": _(
                "The first meeting is on the first matching day from here on. Every "
                "second week counts from that one."
            ),
        }
        widgets = {
            "at": TimeInput(),
            "first_on": DateInput(),
            "last_on": DateInput(),
        }

    def __init__(self, *args: Any, editor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team, chair = self.fields["team"], self.fields["chair"]
        assert isinstance(team, forms.ModelChoiceField)
        assert isinstance(chair, forms.ModelChoiceField)
        if editor.is_admin:
            team.empty_label = str(_("Every team"))
        else:
            team.queryset = Team.objects.led_by(editor)
            team.required, team.empty_label = True, None
        chair.queryset = User.objects.able_to_sign_in()
        chair.empty_label = str(_("Whoever manages the team"))
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            ("", _("The team's zone")),
            *((each, each) for each in zone_names()),
        ]
        self._offer_agendas(editor)
        self._offer_reminders()
        self.say(self.instance.rule)

    def _offer_agendas(self, editor: User) -> None:
        """Offer those of the kind that is chosen, and the one that it has."""
        field = self.fields["agenda"]
        assert isinstance(field, forms.ModelChoiceField)
        kind = self.data.get("kind") if self.is_bound else self.instance.kind
        has_own = kind in INSTEAD
        seen = AgendaTemplate.objects.visible_to(editor).filter(is_active=True)
        # Who may not see its own one keeps it all the same.
        offered = AgendaTemplate.objects.suiting(kind or "").filter(
            Q(pk__in=seen.order_by().values("pk")) | Q(pk=self.instance.agenda_id)
        )
        field.queryset = offered.none() if has_own else offered
        field.empty_label = str(
            _("The one it makes itself") if has_own else _("The blocks of its kind")
        )
        words = _("A meeting of this kind cannot use it.")
        field.error_messages["invalid_choice"] = words

    def _offer_reminders(self) -> None:
        offered = sorted({*REMINDERS, *(self.instance.remind_minutes or ())})
        field = self.fields["remind_minutes"]
        field.choices = [  # type: ignore[attr-defined]
            (each, before_words(each)) for each in reversed(offered)
        ]

    def clean_first_on(self) -> date:
        first_on: date = self.cleaned_data["first_on"]
        far = abs(first_on - timezone.now().date()) > FARTHEST
        if far and "first_on" in self.changed_data:
            words = _("That is more than two years away. Is the year right?")
            raise forms.ValidationError(words)
        return first_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("team") is None and "team" in data:
            data["reach"] = Reach.BELOW
        if data.get("is_mandatory") and data.get("reach") != Reach.BELOW:
            words = _("Only what teams below have, too, can be mandatory.")
            self.add_error("is_mandatory", words)
        if data.get("is_async") and data.get("kind") != MeetingKind.HUDDLE:
            self.add_error("is_async", _("Only a huddle can do without a meeting."))
        first_on, last_on = data.get("first_on"), data.get("last_on")
        if first_on and last_on and last_on < first_on:
            self.add_error("last_on", _("It ends before it begins."))
        if data.get("repeat") == DAILY:
            # A day off has nowhere to go: the next day has its own.
            data["off_days"] = OffDayPolicy.DROP
        if "repeat" in data:
            try:
                data["rule"] = self.rule()
            except ValidationError as wrong:
                self.add_error(None, wrong)
        return data

    def values(self) -> dict[str, Any]:
        """Return the cadence that valid fields say."""
        return super().values() | {"rule": self.cleaned_data["rule"]}
