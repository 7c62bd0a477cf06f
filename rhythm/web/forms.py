"""What forms of every app share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm

from rhythm.web.numbers import whole_number


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class VersionField(forms.Field):
    """The version of the record that the form shows.

    0, which is never one, when none came: who did not see the record is told as if
    somebody had changed it, and sees it then.
    """

    widget = forms.HiddenInput

    def clean(self, value: object) -> int:
        return whole_number(value) or 0


def version_field() -> VersionField:
    """Return the hidden field that guards an edit. A new record needs none."""
    return VersionField(required=False)


def key_field() -> forms.UUIDField:
    """Return the hidden field by which the same form sent twice makes one record."""
    return forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)


class RecordForm(forms.ModelForm):
    """Makes or edits a record through a service, never by saving itself.

    What is taken is the service's to say: it knows a form that comes a second time.
    """

    version = version_field()
    submission_key = key_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("version", self.instance.version)

    def values(self) -> dict[str, Any]:
        """Return what the form's own fields say."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}

    def _post_clean(self) -> None:
        """Leave the instance as it is: the service checks and saves."""


@contextmanager
def errors_to(form: BaseForm) -> Iterator[None]:
    """Show a rule broken inside the block as an error on `form`.

    The block ends at the broken rule. What follows it runs, with `form` now invalid.
    """
    try:
        yield
    except ValidationError as error:
        form.add_error(None, error)
