"""Forms about a process as a whole."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.process.models import Process
from pipeline.process.starter import STARTERS
from rhythm.web.forms import key_field

COPY = "copy:"


class ProcessForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("What it is for"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class NewProcessForm(ProcessForm):
    submission_key = key_field()
    start_from = forms.ChoiceField(
        label=_("Start from"),
        help_text=_("Stages, guidance and milestones come along. Change them after."),
    )
    field_order = ["start_from", "name", "description"]

    def __init__(self, *args: Any, processes: list[Process], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._processes = {f"{COPY}{each.pk}": each for each in processes}
        copies = [
            (key, _("A copy of %(name)s") % {"name": each.name})
            for key, each in self._processes.items()
        ]
        starters = [
            (key, _("%(name)s, our template") % {"name": draft.name})
            for key, draft in STARTERS.items()
        ]
        field = self.fields["start_from"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*starters, *copies, ("empty", _("An empty process"))]

    @property
    def source(self) -> Process | None:
        """Return the process to copy, or None for a template or an empty one."""
        return self._processes.get(self.cleaned_data["start_from"])


class NewStageForm(forms.Form):
    submission_key = key_field()
    name = forms.CharField(label=_("Name of the stage"), max_length=80)


class OrderForm(forms.Form):
    """Ids in their new order, joined by commas: what dragging and arrows send."""

    order = forms.RegexField(r"^\d{1,18}(,\d{1,18})*$", max_length=4000)

    def clean_order(self) -> list[int]:
        return [int(each) for each in self.cleaned_data["order"].split(",")]
