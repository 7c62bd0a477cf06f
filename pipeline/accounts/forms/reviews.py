"""What the chair of an account review enters."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.accounts.models import PlanDecision
from rhythm.web.forms import version_field


class DecideForm(forms.Form):
    """One of the four decisions, and the words that go with it."""

    decision = forms.ChoiceField(choices=PlanDecision.choices, widget=forms.HiddenInput)
    text = forms.CharField(label=_("In words"), max_length=500, required=False)
    version = version_field()
