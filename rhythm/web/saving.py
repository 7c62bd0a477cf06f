"""Saving what was checked, when somebody else may save the same at that moment."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, models, transaction


def check_and_save(
    record: models.Model,
    *,
    exclude: Iterable[str] = (),
    update_fields: Iterable[str] | None = None,
) -> None:
    """Save a record that passes its checks. None saves all fields.

    Raises ValidationError in words, also when the database refuses what was still
    free when it was checked. Call it in a transaction.
    """
    record.full_clean(exclude=set(exclude))
    try:
        with transaction.atomic():
            record.save(update_fields=update_fields)
    except IntegrityError:
        # The other one is there by now, so the check finds the words for it.
        record.validate_constraints(exclude=set(exclude))
        raise
