"""Moving, closing and reopening a deal."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models import Outcome
from rhythm.web.forms import version_field

REASON = {"rows": 2, "maxlength": 500}


class ShownForm(forms.Form):
    """Carries the version of the deal that the person saw."""

    version = version_field()


class MoveForm(ShownForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs=REASON),
    )


class CloseForm(ShownForm):
    outcome = forms.ChoiceField(
        label=_("How it ends"), choices=Outcome, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Why, in a line"), max_length=500, widget=forms.Textarea(attrs=REASON)
    )


class ReopenForm(ShownForm):
    reason = forms.CharField(
        label=_("Why it opens again"),
        max_length=500,
        widget=forms.Textarea(attrs=REASON),
    )
