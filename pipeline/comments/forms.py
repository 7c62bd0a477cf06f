"""Saying, asking, answering, and changing one's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.comments.models import LONGEST, QuestionState
from pipeline.comments.services.writing import Words
from rhythm.people.models import User
from rhythm.web.forms import key_field, version_field
from rhythm.web.numbers import whole_number


class PickedField(forms.Field):
    """The ids of people who were chosen from a list. What is no id is left out."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[int]:
        found = (whole_number(each) for each in value or ())
        return [each for each in found if each is not None][:50]


class WordsForm(forms.Form):
    """A text in which @ and a name call somebody."""

    text = forms.CharField(
        label=_("Comment"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write something first.")},
    )
    picked = PickedField(required=False)
    as_written = forms.BooleanField(
        label=_("Leave it as it is, and tell nobody of that name"), required=False
    )

    # Namesakes to choose between, after a refusal.
    unclear: Sequence[User] = ()

    def words(self) -> Words:
        """Return what was written, of a valid form."""
        data = self.cleaned_data
        return Words(data["text"], data["picked"], data["as_written"])

    @property
    def picks(self) -> list[int]:
        """Return who is picked, so that a refused form keeps them."""
        return PickedField().clean(self["picked"].value())

    @property
    def settled_picks(self) -> list[int]:
        """Return who is picked and not offered again, where it can be taken back."""
        offered = {each.pk for each in self.unclear}
        return [each for each in self.picks if each not in offered]

    @property
    def has_name_problem(self) -> bool:
        """Whether a name in the text is why the form was refused."""
        found = self.errors.as_data().get("text", [])
        return any(each.code == "mention" for each in found)


class CommentForm(WordsForm):
    """Something new about a deal, or a question."""

    asks = forms.BooleanField(label=_("It is a question"), required=False)
    submission_key = key_field()


class ReplyForm(WordsForm):
    """A reply, which may answer the question."""

    answers = forms.BooleanField(label=_("This answers the question"), required=False)
    submission_key = key_field()


class EditForm(WordsForm):
    """Other words."""

    version = version_field()


class CloseForm(forms.Form):
    """How a question ends without an answer here."""

    how = forms.ChoiceField(
        choices=[
            (QuestionState.ELSEWHERE, QuestionState.ELSEWHERE.label),
            (QuestionState.WITHDRAWN, QuestionState.WITHDRAWN.label),
        ]
    )
