"""What is said while a meeting is run, whatever it goes through."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from rhythm.calendar.services.ending import LONGEST_REASON
from rhythm.people.models import User
from rhythm.web.forms import version_field


class SkipForm(forms.Form):
    text = forms.CharField(label=_("Why it is skipped"), max_length=LONGEST_REASON)
    version = version_field()


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=LONGEST_REASON)


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(User.objects.none(), label=_("To whom"))

    def __init__(self, *args: Any, deputies: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = deputies


class FinishForm(forms.Form):
    reason = forms.CharField(
        label=_("Skip the rest, because"), max_length=LONGEST_REASON, required=False
    )


class NoteField(forms.CharField):
    """What somebody notes. Browsers send two letters for the end of a line; one counts.

    So no text is too long here that the browser let its writer type.
    """

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class NoteForm(forms.Form):
    text = NoteField(max_length=10_000, required=False, strip=False)
    version = version_field()

    @property
    def typed(self) -> str:
        """What was typed, also where it is refused."""
        return str(self.data.get("text", ""))
