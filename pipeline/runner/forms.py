"""What people enter while a meeting is run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from pipeline.runner.models import Answer, Block
from rhythm.calendar.models import BlockKind
from rhythm.web.forms import key_field, version_field


class BlockForm(forms.Form):
    """A block of one meeting."""

    kind = forms.ChoiceField(label=_("What for"))
    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        required=False,
        help_text=_(
            "Empty: the words above. Status has no block: the pre-read has it."
        ),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        initial=10,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
    )
    how = forms.CharField(
        label=_("How it goes"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = version_field()
    submission_key = key_field()

    def __init__(self, *args: Any, is_first: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [
            (each.value, each.label)
            for each in BlockKind
            if (each == BlockKind.COMMITMENTS) == is_first
        ]

    @staticmethod
    def shown(block: Block) -> dict[str, Any]:
        """Return what the form begins with."""
        names = ("kind", "title", "minutes", "how", "version")
        return {name: getattr(block, name) for name in names}

    def values(self) -> dict[str, Any]:
        """Return what the block shall be."""
        names = ("kind", "title", "minutes", "how")
        return {name: self.cleaned_data[name] for name in names}


class VoteForm(forms.Form):
    """Was it worth the time?"""

    score = forms.TypedChoiceField(
        label=_("From 1, not at all, to 10, fully"),
        choices=[(number, str(number)) for number in range(1, 11)],
        coerce=int,
        widget=forms.RadioSelect,
    )
    line = forms.CharField(
        label=_("In a line, if you like"), max_length=200, required=False
    )


class AnswerForm(forms.ModelForm):
    """Three questions, a minute."""

    version = version_field()

    class Meta:
        model = Answer
        fields = ("did", "will", "barrier")
        widgets = {
            name: forms.Textarea(attrs={"rows": 2})
            for name in ("did", "will", "barrier")
        }

    def values(self) -> dict[str, str]:
        """Return what was written."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def _post_clean(self) -> None:
        """Leave the instance as it is: the service checks and saves."""
