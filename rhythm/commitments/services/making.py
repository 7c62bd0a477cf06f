"""Commitments are made, kept, dropped and handed over."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rhythm.calendar.models import Meeting
from rhythm.commitments import access
from rhythm.commitments.models import (
    Commitment,
    CommitmentState,
)
from rhythm.commitments.services.shared import (
    check_date,
    locked,
    require,
    require_open,
    save,
)
from rhythm.people.models import User
from rhythm.web.versions import check_version


# One statement changes something, so that it needs no transaction of its own.
def make(
    what: str,
    promiser: User,
    receiver: User,
    due_on: date,
    *,
    today: date,
    made_in: Meeting | None = None,
    submission_key: UUID | None = None,
    about: str = "",
    about_url: str = "",
) -> Commitment:
    """Return a new commitment of `promiser` to `receiver`.

    today is the date where the promiser is. about says in words what it is about
    ("Brennecke Logistics"), about_url is the path of that page. The same
    submission_key again returns the commitment it made the first time.

    Raises ValidationError for words that are missing or too long, a date that has
    passed or is too far off, and a promiser who is not active any more.
    """
    if submission_key:
        made = Commitment.objects.filter(submission_key=submission_key).first()
        if made:
            return made
    check_date(due_on, today, "due_on")
    if not promiser.is_active:
        name = promiser.name
        raise ValidationError(
            {"promiser": _("%(name)s is not active any more.") % {"name": name}}
        )
    commitment = Commitment(
        what=what.strip(),
        promiser=promiser,
        receiver=receiver,
        due_on=due_on,
        first_due_on=due_on,
        made_in=made_in,
        about=about[:200],
        about_url=about_url,
        submission_key=submission_key,
    )
    commitment.clean_fields(exclude=["promiser", "receiver", "made_in"])
    return _insert_once(commitment)


@transaction.atomic
def keep(
    commitment: Commitment, *, by: User, today: date, shown_version: int | None = None
) -> Commitment:
    """Mark it kept on `today`, the date where the promiser is.

    Kept after its date stays broken in every count. Keeping it again changes nothing.

    Raises PermissionDenied unless `by` promised it, ValidationError if it was dropped.
    """
    commitment = locked(commitment)
    require(access.may_keep(commitment, by))
    if commitment.state == CommitmentState.KEPT:
        return commitment
    check_version(commitment, shown_version)
    require_open(commitment)
    commitment.state, commitment.kept_on = CommitmentState.KEPT, today
    return save(commitment, "state", "kept_on")


@transaction.atomic
def undo_keep(commitment: Commitment, *, by: User, today: date) -> Commitment:
    """Open it again, on the day on which it was marked kept.

    Raises PermissionDenied unless `by` promised it, ValidationError on a later day.
    """
    commitment = locked(commitment)
    require(access.may_keep(commitment, by))
    if commitment.state == CommitmentState.OPEN:
        return commitment
    if commitment.kept_on != today:
        raise ValidationError(_("It was marked kept too long ago to undo."))
    commitment.state, commitment.kept_on = CommitmentState.OPEN, None
    return save(commitment, "state", "kept_on")


@transaction.atomic
def drop(
    commitment: Commitment, reason: str, *, by: User, shown_version: int | None = None
) -> Commitment:
    """Release the promiser from it. It counts as neither kept nor broken.

    Dropping it again changes nothing.

    Raises PermissionDenied unless `by` receives it or leads the promiser,
    ValidationError without a reason or if it was kept.
    """
    commitment = locked(commitment)
    require(access.may_drop(commitment, by))
    if commitment.state == CommitmentState.DROPPED:
        return commitment
    check_version(commitment, shown_version)
    require_open(commitment)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is not needed any more.")})
    commitment.state = CommitmentState.DROPPED
    commitment.drop_reason = reason.strip()
    commitment.clean_fields(exclude=["promiser", "receiver", "made_in"])
    return save(commitment, "state", "drop_reason")


@transaction.atomic
def hand_over(leaver: User, heir: User, *, by: User) -> int:
    """Give `heir` what `leaver` promised or was promised and is open; return how many.

    Raises PermissionDenied unless `by` is an admin or leads the leaver.
    """
    require(by.is_active and (by.is_admin or by.leads(leaver)))
    theirs = Commitment.objects.open().concerning(leaver).order_by("pk")
    commitments = list(theirs.select_for_update(of=("self",)))
    for commitment in commitments:
        if commitment.promiser_id == leaver.pk:
            commitment.promiser = heir
        if commitment.receiver_id == leaver.pk:
            commitment.receiver = heir
        commitment.version += 1
    Commitment.objects.bulk_update(commitments, ["promiser", "receiver", "version"])
    return len(commitments)


def _insert_once(commitment: Commitment) -> Commitment:
    """Insert it, or return the one that the same submission made meanwhile."""
    if not commitment.submission_key:
        commitment.save(force_insert=True)
        return commitment
    Commitment.objects.bulk_create([commitment], ignore_conflicts=True)
    return Commitment.objects.get(submission_key=commitment.submission_key)
