"""Where deals and answers go when the process changes under them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.services.process_changes import StageUse
from pipeline.process.models import Stage

KEEP, DROP = "keep", "drop"


class RemoveStageForm(forms.Form):
    """Asks only for what the stage's use needs."""

    to = forms.ModelChoiceField(
        Stage.objects.none(), label=_("Its deals go to"), empty_label=_("Choose")
    )
    answers = forms.ChoiceField(
        label=_("What deals have answered there"),
        choices=[
            (KEEP, _("Keep: its milestones come along, as optional ones")),
            (DROP, _("Drop: only the history keeps it")),
        ],
        initial=KEEP,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, stage: Stage, use: StageUse, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Stage.objects.open().filter(process=stage.process_id)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = others.exclude(pk=stage.pk).order_by("position")
        field.required = use.needs_target
        if not use.answers:
            del self.fields["answers"]
            if not use.needs_target:
                del self.fields["to"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        needs_home = values.get("answers") == KEEP
        if needs_home and not values.get("to") and "to" not in self.errors:
            self.add_error("to", _("Say which stage takes its milestones."))
        return values
