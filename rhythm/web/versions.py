"""Optimistic versions: nobody's change is lost silently.

Every model that people edit carries a `version`. A form sends back the one it was
shown; a service compares it under the row's lock and refuses a stale one.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _


class Versioned(models.Model):
    """Adds `version`, which grows by one with every edit by a person."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Conflict(Exception):
    """Somebody else changed the record after it was shown. Views answer 409.

    `current` is the record as it is now, read under its lock. message says more than
    that it changed, where there is more to say.
    """

    def __init__(self, current: Versioned, message: str = "") -> None:
        super().__init__(message or _("Somebody changed this while you were editing."))
        self.current = current


def check_version(current: Versioned, shown: int | None) -> None:
    """Refuse an edit of an older version than the `current` one.

    shown is the version that the form carried; None skips the check, for changes
    that do not depend on what was shown. Call it with the row locked.

    Raises Conflict.
    """
    if shown is not None and shown != current.version:
        raise Conflict(current)


def changed_fields(record: models.Model, values: dict[str, Any]) -> list[str]:
    """Set `values` on `record` and return the names of those that differed."""
    changed = [name for name, value in values.items() if getattr(record, name) != value]
    for name in changed:
        setattr(record, name, values[name])
    return changed
