"""Forms for people, teams, invitations and the organisation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from rhythm.people.currencies import currency_choices
from rhythm.people.models import Organisation, SecondFactorFor, Team, Theme, User
from rhythm.people.zones import zone_names
from rhythm.web.forms import key_field, version_field

MONTHS = [
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
]


def zone_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Time zone"), choices=[(each, each) for each in zone_names()]
    )


def currency_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Currency"),
        choices=currency_choices(),
        help_text=_("All amounts are in it."),
    )


class PersonForm(forms.Form):
    """Who a person is, what the person may do, and where."""

    version = version_field()
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("Without one, the person owns deals but does not sign in."),
    )
    is_rep = forms.BooleanField(label=_("Sells (rep)"), required=False)
    is_executive = forms.BooleanField(
        label=_("Executive"),
        required=False,
        help_text=_("Sees every deal and review, and changes none."),
    )
    is_admin = forms.BooleanField(
        label=_("Admin"),
        required=False,
        help_text=_("Sets up process, people and imports."),
    )
    team = forms.ModelChoiceField(
        Team.objects.all(), label=_("Team"), required=False, empty_label=_("No team")
    )
    time_zone = zone_field()

    def values(self) -> dict[str, Any]:
        """Return what belongs to the person itself."""
        plain = ("name", "email", "is_rep", "is_executive", "is_admin", "time_zone")
        return {name: self.cleaned_data[name] for name in plain}


class ProfileForm(forms.Form):
    """What a person changes about itself."""

    version = version_field()
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = zone_field()
    theme = forms.ChoiceField(label=_("Look"), choices=Theme.choices)
    has_shortcuts = forms.BooleanField(
        label=_("Single-key shortcuts"),
        required=False,
        help_text=_("Switch them off if keys act when you do not mean them to."),
    )

    def values(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "version"
        }


class TeamForm(forms.Form):
    """A team's name, the team above, and who leads it."""

    version = version_field()
    submission_key = key_field()
    name = forms.CharField(label=_("Name"), max_length=120)
    parent = forms.ModelChoiceField(
        Team.objects.all(),
        label=_("Team above"),
        required=False,
        empty_label=_("None: this is the top"),
    )
    manager = forms.ModelChoiceField(
        User.objects.active(),
        label=_("Manager"),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("Becomes a member of the team above, so that own deals roll up."),
    )


class PasswordForm(forms.Form):
    """A new password."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=format_lazy(_("At least {number} characters."), number=10),
    )


class FirstAdminForm(PasswordForm):
    """What a new installation has to know."""

    organisation = forms.CharField(label=_("Name of your company"), max_length=120)
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    time_zone = zone_field()
    currency = currency_field()

    field_order = ("organisation", "name", "email", "password")

    def clean_password(self) -> str:
        person = User(
            name=self.cleaned_data.get("name", ""),
            email=self.cleaned_data.get("email", ""),
        )
        password: str = self.cleaned_data["password"]
        validate_password(password, person)
        return password


class OrganisationForm(forms.Form):
    """Settings that hold for everybody."""

    version = version_field()
    name = forms.CharField(label=_("Name"), max_length=120)
    currency = currency_field()
    time_zone = zone_field()
    fiscal_year_month = forms.TypedChoiceField(
        label=_("The fiscal year begins in"),
        coerce=int,
        choices=list(enumerate(MONTHS, start=1)),
    )
    quarter_end_percent = forms.IntegerField(
        label=_("At most so many percent at the end of a quarter"),
        min_value=23,
        max_value=100,
        initial=40,
        help_text=_(
            "Leaders who do more than this of their reviews, coaching and changes of "
            "deals in its last three weeks are named. Evenly it would be 23."
        ),
    )
    is_signup_open = forms.BooleanField(
        label=_("Anybody may make an account"),
        required=False,
        help_text=_("Otherwise people come in by invitation only."),
    )

    second_factor_for = forms.ChoiceField(
        label=_("A second factor is required for"),
        choices=SecondFactorFor.choices,
        help_text=_("Who has none is led to set one up with the next click."),
    )

    def values(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "version"
        }

    @classmethod
    def of(cls, organisation: Organisation) -> OrganisationForm:
        """Return the form filled with the settings as they are."""
        names = [each for each in cls.base_fields if each != "version"]
        shown = {name: getattr(organisation, name) for name in names}
        return cls(initial=shown | {"version": organisation.version})
