"""Saving what was checked, when somebody else may save the same at that moment."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction


def save_once[M: models.Model](
    record: M, key: UUID | None, *, exclude: Iterable[str] | None = None
) -> tuple[M, bool]:
    """Save a new record, or return the one that the same form made before.

    key is the form's `submission_key`. The second value says whether this call made
    it. Of many at once, one makes it and the others wait for it and return it.
    exclude None saves a record whose fields were checked before; else it is checked
    as in `check_and_save`, which see for what it raises.
    """
    if made := _made_by(record, key):
        return made, False
    try:
        if exclude is None:
            with transaction.atomic():
                record.save(force_insert=True)
        else:
            check_and_save(record, exclude=exclude)
    except (IntegrityError, ValidationError):
        # The name is taken, say: by the twin of this form?
        made = _made_by(record, key)
        if made is None:
            raise
        return made, False
    return record, True


def _made_by[M: models.Model](record: M, key: UUID | None) -> M | None:
    if key is None:
        return None
    return type(record)._default_manager.filter(submission_key=key).first()


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
        record.full_clean(exclude=set(exclude))
        raise
