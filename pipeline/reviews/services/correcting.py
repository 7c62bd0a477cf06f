"""Corrections of what a finished review says. They never touch the deal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.reviews.models import Correction, Decision, ReviewItem
from pipeline.reviews.services.decisions import NEED_WORDS
from pipeline.reviews.services.locking import locked_item
from rhythm.calendar.models import MeetingState
from rhythm.calendar.services.course import beat, require_runner
from rhythm.people.models import User
from rhythm.web.versions import changed_fields, check_version

CORRECTABLE = ("decision", "decision_text", "skip_reason", "note")


@transaction.atomic
def correct(
    item: ReviewItem,
    values: dict[str, Any],
    *,
    reason: str,
    by: User,
    now: datetime,
    shown_version: int | None,
) -> ReviewItem:
    """Change what the minutes say about a deal; what they said before is kept.

    values holds any of CORRECTABLE. The deal itself stays as it is. Equal values
    change nothing.

    Raises ValidationError without a reason, or for values that make no sense;
    Conflict.
    """
    item = locked_item(item)
    require_runner(item.review, by, MeetingState.HELD)
    check_version(item, shown_version)
    before = {name: getattr(item, name) for name in CORRECTABLE}
    changed = changed_fields(item, {name: values[name] for name in values})
    if not changed:
        return item
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is corrected.")})
    _check(item)
    if "decision" in changed:
        has_decision = bool(item.decision)
        item.decided_by = by if has_decision else None
        item.decided_at = now if has_decision else None
    item.version += 1
    item.note_version += 1
    item.save(
        update_fields=[
            *CORRECTABLE,
            "decided_by",
            "decided_at",
            "version",
            "note_version",
        ]
    )
    Correction.objects.create(
        item=item, by=by, at=now, before=before, reason=reason.strip()
    )
    beat(item.review, item=item)
    return item


def _check(item: ReviewItem) -> None:
    names = {field.name for field in item._meta.fields}
    item.clean_fields(exclude=names - set(CORRECTABLE))
    if bool(item.decision) == bool(item.skip_reason) and not item.is_exception:
        raise ValidationError(
            {"decision": _("Give a decision, or a reason to skip. Not both.")}
        )
    words = NEED_WORDS.get(Decision(item.decision)) if item.decision else None
    if words and not item.decision_text:
        raise ValidationError({"decision_text": words})
