"""What every change of a commitment begins and ends with."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from rhythm.commitments.models import (
    Commitment,
    CommitmentState,
)

# Nobody plans further; a later date is a slip of the finger.
FURTHEST = timedelta(days=5 * 366)


def locked(commitment: Commitment) -> Commitment:
    """Lock it and read it again: its two sides may act in the same moment."""
    Commitment.objects.select_for_update().get(pk=commitment.pk)
    # Read after the wait: what a locking query joins is as old as its beginning.
    return Commitment.objects.select_related("promiser", "receiver").get(
        pk=commitment.pk
    )


def require(is_allowed: bool) -> None:
    """Raise PermissionDenied unless it is allowed."""
    if not is_allowed:
        raise PermissionDenied


def require_open(commitment: Commitment) -> None:
    """Raise ValidationError if it was kept or dropped."""
    if commitment.state == CommitmentState.DROPPED:
        raise ValidationError(_("This commitment was dropped."), code="dropped")
    if commitment.state == CommitmentState.KEPT:
        raise ValidationError(_("This commitment was already kept."), code="kept")


def check_date(day: date, today: date, field: str | None) -> None:
    """Raise ValidationError, at `field` or at all, for a day nobody means."""
    if day < today:
        message = _("That day has passed. Choose today or later.")
    elif day > today + FURTHEST:
        message = _("That is more than five years away. Is the year right?")
    else:
        return
    raise ValidationError({field: message} if field else message)


def save(commitment: Commitment, *fields: str) -> Commitment:
    """Save the named fields as the next version."""
    commitment.version += 1
    commitment.save(update_fields=[*fields, "version"])
    return commitment
