"""A new date for a commitment: asked for, answered, or promised anew."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rhythm.commitments import access, mailing
from rhythm.commitments.models import (
    Commitment,
    DateRequest,
    RequestState,
)
from rhythm.commitments.services.shared import (
    check_date,
    locked,
    require,
    require_open,
    save,
)
from rhythm.notices import services as notices
from rhythm.people.models import User
from rhythm.web.versions import check_version


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
    commitment = locked(commitment)
    require(access.may_keep(commitment, by))
    require_open(commitment)
    check_date(new_due_on, commitment.promiser.today(now), "new_due_on")
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
    commitment = locked(request.commitment)
    require(access.may_answer(commitment, by))
    request = DateRequest.objects.select_for_update().get(pk=request.pk)
    wanted = RequestState.ACCEPTED if accept else RequestState.REFUSED
    if request.state == wanted:
        return request
    if request.state != RequestState.ASKED:
        raise ValidationError(_("This request was already answered."))
    require_open(commitment)
    request.commitment = commitment
    today = commitment.promiser.today(now)
    if accept:
        check_date(request.new_due_on, today, None)
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
    commitment = locked(commitment)
    require(access.may_drop(commitment, by))
    if commitment.due_on == new_due_on:
        return commitment
    check_version(commitment, shown_version)
    require_open(commitment)
    check_date(new_due_on, commitment.promiser.today(now), "new_due_on")
    if request := _open_request(commitment):
        is_that = request.new_due_on == new_due_on
        state = RequestState.ACCEPTED if is_that else RequestState.REFUSED
        _answer(request, state, by=by, now=now)
    commitment.due_on = new_due_on
    commitment.renegotiations += 1
    return save(commitment, "due_on", "renegotiations")


def _open_request(commitment: Commitment) -> DateRequest | None:
    asked = DateRequest.objects.filter(commitment=commitment, state=RequestState.ASKED)
    return asked.first()


def _accept(
    request: DateRequest, commitment: Commitment, *, by: User, now: datetime
) -> DateRequest:
    commitment.due_on = request.new_due_on
    commitment.renegotiations += 1
    request.commitment = save(commitment, "due_on", "renegotiations")
    return _answer(request, RequestState.ACCEPTED, by=by, now=now)


def _answer(
    request: DateRequest, state: RequestState, *, by: User, now: datetime
) -> DateRequest:
    request.state, request.answered_at, request.answered_by = state, now, by
    request.save(update_fields=["state", "answered_at", "answered_by"])
    return request
