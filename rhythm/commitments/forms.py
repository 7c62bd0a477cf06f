"""What people say when they make, move or drop a commitment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from rhythm.people.models import User
from rhythm.web.forms import DateInput, key_field, version_field


class CommitmentForm(forms.Form):
    """A commitment of one's own, or of somebody one leads."""

    what = forms.CharField(
        label=_("What"),
        max_length=300,
        widget=forms.TextInput(
            {"placeholder": _("Send the alarm list"), "autocomplete": "off"}
        ),
    )
    promiser = forms.ModelChoiceField(User.objects.none(), label=_("Who"))
    receiver = forms.ModelChoiceField(User.objects.none(), label=_("To whom"))
    due_on = forms.DateField(label=_("By when"), widget=DateInput())
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        initial = {"submission_key": uuid4(), "promiser": viewer.pk}
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        # Whoever promises it is asked: oneself, or people one leads.
        led = User.objects.led_by(viewer).active()
        own = User.objects.get_queryset().filter(pk=viewer.pk)
        _choices(self.fields["promiser"]).queryset = (own | led).distinct()
        _choices(self.fields["receiver"]).queryset = User.objects.active()


class PromiseFields(forms.Form):
    """Who does what by when, where it is known to whom it is promised."""

    what = forms.CharField(
        label=_("What"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    promiser = forms.ModelChoiceField(
        User.objects.none(), label=_("Who"), empty_label=None
    )
    due_on = forms.DateField(label=_("By"), widget=DateInput())
    submission_key = key_field()

    def __init__(
        self, *args: Any, promisers: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = _choices(self.fields["promiser"])
        field.queryset = User.objects.active().filter(
            pk__in=[pk for pk, _ in promisers]
        )
        # In the order given, which costs no query.
        field.choices = promisers


class NewDateForm(forms.Form):
    """A new date, and why."""

    new_due_on = forms.DateField(label=_("New date"), widget=DateInput())
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.TextInput(
            {"placeholder": _("What came between"), "autocomplete": "off"}
        ),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_due_on"].widget.attrs["min"] = today.isoformat()


class RenewForm(forms.Form):
    """A new date, by who may set it there and then."""

    due_on = forms.DateField(
        label=_("New date"), widget=DateInput(**{"data-focus": ""})
    )
    version = version_field()


class DropForm(forms.Form):
    """Why it is not needed any more."""

    version = version_field()
    reason = forms.CharField(
        label=_("Why is it not needed any more?"),
        max_length=300,
        widget=forms.TextInput({"autocomplete": "off", "data-focus": ""}),
    )


class AnswerForm(forms.Form):
    """Whether a new date is fine."""

    accept = forms.TypedChoiceField(
        choices=[("1", _("Agree")), ("0", _("Keep the date"))],
        coerce=lambda value: value == "1",
    )


def _choices(field: forms.Field) -> forms.ModelChoiceField:
    assert isinstance(field, forms.ModelChoiceField)
    return field
