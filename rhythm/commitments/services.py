"""Changes to commitments: made, kept, given a new date, dropped, handed over."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rhythm.calendar.models import Meeting
from rhythm.commitments import access, mailing
from rhythm.commitments.models import (
    Commitment,
    CommitmentState,
    DateRequest,
    RequestState,
)
from rhythm.notices import services as notices
from rhythm.people.models import User
from rhythm.web.versions import check_version

# Nobody plans further; a later date is a slip of the finger.
FURTHEST = timedelta(days=5 * 366)


@transaction.atomic
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
    _check_date(due_on, today, "due_on")
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
    commitment = _locked(commitment)
    _require(access.may_keep(commitment, by))
    if commitment.state == CommitmentState.KEPT:
        return commitment
    check_version(commitment, shown_version)
    _require_open(commitment)
    commitment.state, commitment.kept_on = CommitmentState.KEPT, today
    return _save(commitment, "state", "kept_on")


@transaction.atomic
def undo_keep(commitment: Commitment, *, by: User, today: date) -> Commitment:
    """Open it again, on the day on which it was marked kept.

    Raises PermissionDenied unless `by` promised it, ValidationError on a later day.
    """
    commitment = _locked(commitment)
    _require(access.may_keep(commitment, by))
    if commitment.state == CommitmentState.OPEN:
        return commitment
    if commitment.kept_on != today:
        raise ValidationError(_("It was marked kept too long ago to undo."))
    commitment.state, commitment.kept_on = CommitmentState.OPEN, None
    return _save(commitment, "state", "kept_on")


@transaction.atomic
def ask_new_date(
    commitment: Commitment, new_due_on: date, reason: str, *, by: User, now: datetime
) -> DateRequest:
    """Ask the receiver for a new date, by mail too; return the request.

    Asking again replaces a request that has no answer yet. Who promised it to
    themselves needs nobody's consent, but it is counted all the same.

    Raises PermissionDenied unless `by` promised it, ValidationError if it is not open,
    without a reason, or if the date has passed or is the present one.
    """
    commitment = _locked(commitment)
    _require(access.may_keep(commitment, by))
    _require_open(commitment)
    _check_date(new_due_on, commitment.promiser.today(now), "new_due_on")
    if new_due_on == commitment.due_on:
        raise ValidationError({"new_due_on": _("That is the date it has already.")})
    request = _open_request(commitment) or DateRequest(commitment=commitment)
    request.new_due_on, request.reason = new_due_on, reason.strip()
    request.asked_at = now
    request.clean_fields(exclude=["commitment", "answered_by"])
    request.save()
    if commitment.promiser_id == commitment.receiver_id:
        return _accept(request, commitment, by=by, now=now)
    today = commitment.receiver.today(now)
    notices.post([mailing.asked(request, today=today)], now=now)
    return request


@transaction.atomic
def answer_date_request(
    request: DateRequest, *, accept: bool, by: User, now: datetime
) -> DateRequest:
    """Agree to the new date, or stay with the old one. Agreeing is counted.

    The promiser is told by mail. The same answer again changes nothing.

    Raises PermissionDenied unless `by` receives it, ValidationError if it is not open
    any more, was answered otherwise, or the new date has passed meanwhile.
    """
    commitment = _locked(request.commitment)
    _require(access.may_answer(commitment, by))
    request = DateRequest.objects.select_for_update().get(pk=request.pk)
    wanted = RequestState.ACCEPTED if accept else RequestState.REFUSED
    if request.state == wanted:
        return request
    if request.state != RequestState.ASKED:
        raise ValidationError(_("This request was already answered."))
    _require_open(commitment)
    request.commitment = commitment
    today = commitment.promiser.today(now)
    if accept:
        _check_date(request.new_due_on, today, None)
        _accept(request, commitment, by=by, now=now)
    else:
        _answer(request, RequestState.REFUSED, by=by, now=now)
    notices.post([mailing.answered(request, today=today)], now=now)
    return request


@transaction.atomic
def renew(
    commitment: Commitment,
    new_due_on: date,
    *,
    by: User,
    now: datetime,
    shown_version: int | None = None,
) -> Commitment:
    """Agree on a new date there and then, as in a meeting; it is counted.

    A request that waits for an answer is answered by it. The date it has already
    changes nothing.

    Raises PermissionDenied unless `by` receives it or leads the promiser,
    ValidationError if it is not open or the date has passed; Conflict.
    """
    commitment = _locked(commitment)
    _require(access.may_drop(commitment, by))
    if commitment.due_on == new_due_on:
        return commitment
    check_version(commitment, shown_version)
    _require_open(commitment)
    _check_date(new_due_on, commitment.promiser.today(now), "new_due_on")
    if request := _open_request(commitment):
        is_that = request.new_due_on == new_due_on
        state = RequestState.ACCEPTED if is_that else RequestState.REFUSED
        _answer(request, state, by=by, now=now)
    commitment.due_on = new_due_on
    commitment.renegotiations += 1
    return _save(commitment, "due_on", "renegotiations")


@transaction.atomic
def drop(
    commitment: Commitment, reason: str, *, by: User, shown_version: int | None = None
) -> Commitment:
    """Release the promiser from it. It counts as neither kept nor broken.

    Dropping it again changes nothing.

    Raises PermissionDenied unless `by` receives it or leads the promiser,
    ValidationError without a reason or if it was kept.
    """
    commitment = _locked(commitment)
    _require(access.may_drop(commitment, by))
    if commitment.state == CommitmentState.DROPPED:
        return commitment
    check_version(commitment, shown_version)
    _require_open(commitment)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is not needed any more.")})
    commitment.state = CommitmentState.DROPPED
    commitment.drop_reason = reason.strip()
    commitment.clean_fields(exclude=["promiser", "receiver", "made_in"])
    return _save(commitment, "state", "drop_reason")


@transaction.atomic
def hand_over(leaver: User, heir: User, *, by: User) -> int:
    """Give `heir` what `leaver` promised or was promised and is open; return how many.

    Raises PermissionDenied unless `by` is an admin or leads the leaver.
    """
    _require(by.is_active and (by.is_admin or by.leads(leaver)))
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


def _locked(commitment: Commitment) -> Commitment:
    """Lock it and read it again: its two sides may act in the same moment."""
    Commitment.objects.select_for_update().get(pk=commitment.pk)
    # Read after the wait: what a locking query joins is as old as its beginning.
    return Commitment.objects.select_related("promiser", "receiver").get(
        pk=commitment.pk
    )


def _require(is_allowed: bool) -> None:
    if not is_allowed:
        raise PermissionDenied


def _require_open(commitment: Commitment) -> None:
    if commitment.state == CommitmentState.DROPPED:
        raise ValidationError(_("This commitment was dropped."), code="dropped")
    if commitment.state == CommitmentState.KEPT:
        raise ValidationError(_("This commitment was already kept."), code="kept")


def _check_date(day: date, today: date, field: str | None) -> None:
    if day < today:
        message = _("That day has passed. Choose today or later.")
    elif day > today + FURTHEST:
        message = _("That is more than five years away. Is the year right?")
    else:
        return
    raise ValidationError({field: message} if field else message)


def _open_request(commitment: Commitment) -> DateRequest | None:
    asked = DateRequest.objects.filter(commitment=commitment, state=RequestState.ASKED)
    return asked.first()


def _accept(
    request: DateRequest, commitment: Commitment, *, by: User, now: datetime
) -> DateRequest:
    commitment.due_on = request.new_due_on
    commitment.renegotiations += 1
    request.commitment = _save(commitment, "due_on", "renegotiations")
    return _answer(request, RequestState.ACCEPTED, by=by, now=now)


def _answer(
    request: DateRequest, state: RequestState, *, by: User, now: datetime
) -> DateRequest:
    request.state, request.answered_at, request.answered_by = state, now, by
    request.save(update_fields=["state", "answered_at", "answered_by"])
    return request


def _save(commitment: Commitment, *fields: str) -> Commitment:
    commitment.version += 1
    commitment.save(update_fields=[*fields, "version"])
    return commitment
