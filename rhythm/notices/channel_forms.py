"""Forms for chat channels."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from rhythm.notices import vault
from rhythm.notices.models import Channel, ChannelKind, Occasion
from rhythm.notices.targets import LONGEST_URL, Refused
from rhythm.people.models import Team, User
from rhythm.web.forms import key_field, version_field


class ChannelForm(forms.Form):
    """Where a team talks, and what of Rhythm is said there."""

    version = version_field()
    submission_key = key_field()
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As the team calls it: #north.")
    )
    kind = forms.ChoiceField(
        label=_("Who reads it"), choices=ChannelKind.choices, initial=ChannelKind.SLACK
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Team"),
        required=False,
        empty_label=_("The whole organisation"),
        help_text=_(
            "A team's channel is told of that team. One for the whole organisation is "
            "told of every team: whoever is in it reads all those numbers."
        ),
    )
    address = forms.CharField(
        label=_("Webhook address"),
        max_length=LONGEST_URL,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("It lets anybody write there, so it is kept locked, not shown."),
    )
    occasions = forms.MultipleChoiceField(
        label=_("Tell it when"),
        choices=Occasion.choices,
        initial=[Occasion.MINUTES],
        widget=forms.CheckboxSelectMultiple,
    )
    names_deals = forms.BooleanField(
        label=_("Name deals"),
        required=False,
        help_text=_("Otherwise it reads numbers, and a link that asks who one is."),
    )

    def __init__(
        self, *args: Any, by: User, channel: Channel | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.all() if by.is_admin else Team.objects.led_by(by)
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        team.queryset = teams
        if not by.is_admin:
            team.required, team.empty_label = True, None
        if channel:
            del self.fields["kind"]
            self.fields["address"].required = False
            self.fields["address"].help_text = _now(
                "Now %(address)s. Leave it empty to keep it."
            ) % {"address": channel.masked_address}

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip()
        if address:
            try:
                vault.check_address(address)
            except Refused as error:
                raise ValidationError(str(error)) from error
        return address

    def values(self) -> dict[str, Any]:
        """Return what the fields say that a person fills in."""
        own = ("version", "submission_key")
        return {k: v for k, v in self.cleaned_data.items() if k not in own}
