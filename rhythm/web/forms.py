"""What forms of every app share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def version_field(*, required: bool = False) -> forms.IntegerField:
    """Return the hidden field with the version of the record that the form shows."""
    return forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=2**31 - 1,
        required=required,
    )


@contextmanager
def errors_to(form: BaseForm) -> Iterator[None]:
    """Show a rule broken inside the block as an error on `form`.

    The block ends at the broken rule. What follows it runs, with `form` now invalid.
    """
    try:
        yield
    except ValidationError as error:
        form.add_error(None, error)
