"""What is set for a source."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models import Source
from pipeline.opportunities.models.sources import KEPT_FIELDS
from rhythm.web.forms import version_field


class SourceForm(forms.Form):
    """The name of a source on the pages, and what it keeps of its deals."""

    version = version_field()
    title = forms.CharField(label=_("Name on the pages"), max_length=60)
    owned = forms.MultipleChoiceField(
        label=_("Kept in the CRM"),
        choices=list(KEPT_FIELDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "These are read-only here, on the deals of this source. Each import brings "
            "what the CRM says."
        ),
    )

    def __init__(self, source: Source, data: Any = None) -> None:
        values = {"title": source.title, "owned": source.owned}
        super().__init__(data, initial={**values, "version": source.version})
