"""Forms for joining and leaving."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rhythm.people.forms import PersonForm
from rhythm.people.models import User
from rhythm.people.selectors import leader_of
from rhythm.web.forms import key_field
from scorecards.homes.selectors.leaving import InHand, heirs
from scorecards.homes.services import Heirs


class InviteForm(PersonForm):
    """A new person. With an e-mail, the person is invited."""

    version = None  # type: ignore[assignment]
    submission_key = key_field()


class LeavingForm(forms.Form):
    """Who takes over what somebody who leaves has in hand."""

    def __init__(self, data: Any, *, person: User, held: InHand) -> None:
        super().__init__(data)
        choices, leader = heirs(person), leader_of(person)
        wanted = (
            ("deals", held.deals, _("Open deals go to")),
            ("plans", held.plans, _("Account plans go to")),
            ("commitments", held.commitments, _("Open commitments go to")),
            ("meetings", held.meetings, _("Reviews are chaired by")),
        )
        for name, count, label in wanted:
            if count:
                self.fields[name] = forms.ModelChoiceField(
                    choices,
                    label=label,
                    empty_label=_("Choose …"),
                    initial=leader,
                )

    def heirs(self) -> Heirs:
        """Return the choice; None where nothing was in hand when it was shown."""
        names = (field.name for field in fields(Heirs))
        return Heirs(**{name: self.cleaned_data.get(name) for name in names})
