"""Where and when a rhythm starts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rhythm.people.models import Team, User
from rhythm.people.zones import zone_names
from rhythm.web.forms import DateInput, key_field


class RhythmForm(forms.Form):
    """The team, the first Monday and the zone."""

    team = forms.ModelChoiceField(Team.objects.none(), label=_("For"), required=False)
    first_monday = forms.DateField(label=_("First Monday"), widget=DateInput(step=7))
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    submission_key = key_field()

    def __init__(self, *args: Any, editor: User, today: date, **kwargs: Any) -> None:
        monday = today + timedelta(days=-today.weekday() % 7)
        kwargs["initial"] = {"first_monday": monday} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["submission_key"].required = True
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        if editor.is_admin:
            team.queryset = Team.objects.all()
            team.empty_label = str(_("The whole organisation"))
            top = Team.objects.filter(parent=None)[:2]
            if len(top) == 1:
                self.initial.setdefault("team", top[0].pk)
        else:
            team.queryset = Team.objects.led_by(editor)
            team.required, team.empty_label = True, None
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            ("", _("Each team's own")),
            *((each, each) for each in zone_names()),
        ]
