"""Locks, checks and saves that every change of a deal shares."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Opportunity
from pipeline.process.services import hold_process
from rhythm.people.access import require_editable
from rhythm.people.models import User
from rhythm.web.versions import Versioned, changed_fields, check_version


def locked(
    opportunity: Opportunity, shown_version: int | None = None, *, by: User | None
) -> Opportunity:
    """Return the deal as it is now, locked until the transaction ends.

    by is who changes it; None where this transaction has asked that before.

    Raises Conflict if it is not the version that was shown (None skips that), and
    what `require_editable` raises if `by` may not change it any more.
    """
    # Without joins: who waits here for a move would find the new row beside the old
    # stage, and the database would answer that there is no such deal.
    current = Opportunity.objects.select_for_update().get(pk=opportunity.pk)
    if by is not None:
        require_editable(Opportunity.objects, by, current.pk)
    check_version(current, shown_version)
    return current


def locked_in_process(
    opportunity: Opportunity, shown_version: int | None = None, *, by: User | None
) -> Opportunity:
    """Return the deal as `locked` does, while its stages and milestones stay too.

    For whatever points the deal at one of them. The process comes first here as where
    a stage is removed, so that the two wait for each other in one order.
    """
    hold_process(opportunity.process_id)
    return locked(opportunity, shown_version, by=by)


def require_open(opportunity: Opportunity) -> None:
    """Raise ValidationError if the deal is closed."""
    if not opportunity.is_open:
        raise ValidationError(_("This deal is closed. Reopen it first."), code="closed")


def require_reason(reason: str, message: str) -> str:
    """Return `reason` without blanks around it. Raises ValidationError if empty."""
    reason = reason.strip()
    if not reason:
        raise ValidationError(message, code="reason")
    if len(reason) > 500:
        raise ValidationError(_("Keep the reason below 500 letters."), code="reason")
    return reason


def apply(record: Versioned, values: dict[str, Any]) -> list[str]:
    """Set `values` on a locked record, check them, and save those that differ.

    Return the names of what differed; when nothing did, nothing is saved and the
    version stays. Raises ValidationError naming the fields that are wrong.
    """
    changed = changed_fields(record, values)
    if not changed:
        return []
    check_fields(record, changed)
    record.version += 1
    record.save(update_fields=[*changed, "version"])
    return changed


def check_fields(record: models.Model, names: list[str]) -> None:
    """Raise ValidationError naming those of the fields whose values are wrong."""
    others = {field.name for field in record._meta.fields} - set(names)
    record.clean_fields(exclude=others)
