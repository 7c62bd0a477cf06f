"""What the end of a meeting asks of its agenda."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST_REASON = 300


class Undecided(ValidationError):
    """What is on the agenda has neither a decision nor a reason to skip: `items`."""

    def __init__(self, items: Sequence[object], message: str) -> None:
        """message says so, with the place of `count`."""
        count = {"count": len(items)}
        super().__init__(message, params=count, code="undecided")
        self.items = list(items)


def reason_to_skip(text: str) -> str:
    """Return why the rest is skipped. Raises ValidationError if missing or too long."""
    reason = text.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why the rest is skipped.")})
    if len(reason) > LONGEST_REASON:
        message = _("Keep the reason to %(most)d letters at most.")
        raise ValidationError({"reason": message % {"most": LONGEST_REASON}})
    return reason
