"""How a view is called, and whom it is for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models import SavedView
from pipeline.opportunities.selectors.saved_views import shares_of
from rhythm.people.models import User
from rhythm.web.forms import key_field, version_field


class SavedViewForm(forms.Form):
    """Names a view. `by` says with whom it may be shared."""

    name = forms.CharField(label=_("Name"), max_length=80)
    share = forms.ChoiceField(
        label=_("For whom"),
        required=False,
        help_text=_("Everybody sees the deals in it that are theirs to see."),
    )
    version = version_field()
    submission_key = key_field()

    def __init__(self, *args: Any, by: User, view: SavedView | None = None) -> None:
        super().__init__(*args)
        if view is not None:
            now = {"name": view.name, "share": view.share, "version": view.version}
            self.initial.update(now)
        share = self.fields["share"]
        assert isinstance(share, forms.ChoiceField)
        share.choices = shares_of(by, view)
        if len(share.choices) == 1:
            share.widget = forms.HiddenInput()
