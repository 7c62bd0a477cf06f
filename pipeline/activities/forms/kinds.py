"""A kind of activity."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.activities.models import ActivityKind
from rhythm.web.forms import RecordForm

ICONS = (
    "telephone",
    "envelope",
    "people",
    "geo-alt",
    "display",
    "calendar-plus",
    "person-plus",
    "file-earmark-text",
    "chat-dots",
    "camera-video",
    "easel",
    "cup-hot",
    "gift",
    "truck",
    "tools",
    "flag",
    "three-dots",
    "circle",
)


class KindForm(RecordForm):
    """Its name and its icon."""

    icon = forms.ChoiceField(
        label=_("Icon"),
        choices=[(name, name) for name in ICONS],
        initial="circle",
    )

    class Meta:
        model = ActivityKind
        fields = ["name", "icon"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One that an import or an older version chose stays choosable.
        if self.instance.icon not in ICONS:
            field = self.fields["icon"]
            assert isinstance(field, forms.ChoiceField)
            icon = self.instance.icon
            field.choices = [(icon, icon), *((name, name) for name in ICONS)]
