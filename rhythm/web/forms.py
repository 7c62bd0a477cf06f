"""What forms of every app share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.forms import BaseForm


@contextmanager
def errors_to(form: BaseForm) -> Iterator[None]:
    """Show a rule broken inside the block as an error on `form`.

    The block ends at the broken rule. What follows it runs, with `form` now invalid.
    """
    try:
        yield
    except ValidationError as error:
        form.add_error(None, error)
