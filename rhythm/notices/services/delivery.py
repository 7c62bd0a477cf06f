"""Delivering notices: at most once, or at least once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from rhythm.notices import chat, mail
from rhythm.notices.kinds import DIGEST
from rhythm.notices.models import (
    AttemptEnd,
    DeliveryAttempt,
    DeliveryClass,
    Notice,
    NoticeState,
)
from rhythm.notices.outcomes import MayHaveArrived, NotDelivered
from rhythm.notices.services import channels
from rhythm.notices.services.arriving import arrive

# How long to wait after the first, second, … attempt that certainly failed.
RETRY_AFTER = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 360))


def lease() -> timedelta:
    """Return how long a worker may be silent until its notice is taken from it."""
    return timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)


def deliver(notice_id: int, *, now: datetime) -> bool:
    """Send one notice. Return False if it was not to be sent now, or did not get there.

    The claim is one conditional UPDATE, so of two workers only one sends. It is
    committed before anything leaves. A worker that dies, or a mail server whose line
    breaks, after the claim leaves the notice to `reap`, when the lease has passed.
    """
    arrive(now=now, only=notice_id)
    attempt = _claim(notice_id, now)
    if attempt is None:
        return False
    notice = attempt.notice
    try:
        _check(notice)
        answer = chat.send(notice) if notice.channel else mail.send(notice)
    except NotDelivered as error:
        _finish_undelivered(attempt, error, now)
        return False
    except MayHaveArrived as error:
        _finish_unknown(attempt, error, now)
        return False
    _finish_sent(attempt, answer)
    return True


def _claim(notice_id: int, now: datetime) -> DeliveryAttempt | None:
    """Return the attempt that this worker is to make; None if it is not its to make.

    Another one has the notice, or another notice of its channel.
    """
    try:
        with transaction.atomic():
            claimed = (
                Notice.objects.due(now)
                .with_an_open_channel()
                .filter(pk=notice_id)
                .update(
                    state=NoticeState.SENDING,
                    attempts=F("attempts") + 1,
                    claimed_until=Now() + lease(),
                )
            )
            if not claimed:
                return None
            notice = Notice.objects.select_related("recipient", "channel").get(
                pk=notice_id
            )
            return DeliveryAttempt.objects.create(notice=notice)
    except IntegrityError:
        # See the constraint: one notice at a time to a channel.
        return None


def _check(notice: Notice) -> None:
    """Refuse what became wrong while the notice waited."""
    recipient = notice.recipient
    if recipient and not recipient.is_active and not notice.is_secret:
        reason = _("The person was deactivated meanwhile.")
        raise NotDelivered(reason, is_final=True)
    if notice.guard and recipient:
        still_open = import_string(settings.NOTICE_GUARDS[notice.guard])
        if not still_open(recipient, [notice.guarded_id]):
            reason = _("It is not for this person any more.")
            raise NotDelivered(reason, is_final=True)


def _finish_sent(attempt: DeliveryAttempt, answer: str) -> None:
    notice = attempt.notice
    sent = {"state": NoticeState.SENT, "sent_at": Now(), "error": ""}
    if notice.is_secret:
        # It holds a link that lets somebody in; nobody needs it here any more.
        sent |= {"text": "", "html": ""}
    if _finish(attempt, AttemptEnd.TAKEN, answer, **sent) and notice.channel:
        channels.reached(notice.channel)


def _finish_undelivered(
    attempt: DeliveryAttempt, error: NotDelivered, now: datetime
) -> None:
    notice = attempt.notice
    values: dict[str, Any] = {"state": NoticeState.FAILED}
    if not error.is_final:
        goes_on = (
            channels.missed(notice, error.told, now=now)
            if notice.channel
            else (notice.attempts <= len(RETRY_AFTER))
        )
        if goes_on:
            values = _again(notice)
    _finish(attempt, AttemptEnd.REFUSED, error.reason, error=error.told, **values)


def _finish_unknown(
    attempt: DeliveryAttempt, error: MayHaveArrived, now: datetime
) -> None:
    """Try again what the other side knows by its id; leave the rest to a person."""
    notice = attempt.notice
    values: dict[str, Any] = {"state": NoticeState.UNKNOWN}
    goes_on = channels.missed(notice, error.reason, now=now)
    if notice.delivery_class == DeliveryClass.AT_LEAST_ONCE:
        values = _again(notice) if goes_on else {"state": NoticeState.FAILED}
    _finish(attempt, AttemptEnd.OPEN, error.reason, error=error.reason, **values)


def _again(notice: Notice) -> dict[str, Any]:
    # A channel that was missed is left in peace as a whole.
    wait = None if notice.channel else Now() + RETRY_AFTER[notice.attempts - 1]
    return {"state": NoticeState.QUEUED, "retry_at": wait}


@transaction.atomic
def _finish(
    attempt: DeliveryAttempt, end: AttemptEnd, answer: str, **values: object
) -> bool:
    """Write the end of an attempt; of its notice, unless somebody else has it by now.

    Returns whether it had still been this attempt's.
    """
    notice = attempt.notice
    if "error" in values:
        values["error"] = str(values["error"])[:500]
    is_ours = Notice.objects.filter(
        pk=notice.pk,
        state=NoticeState.SENDING,
        # Told by the database when it was claimed, so that no two claims have it.
        claimed_until=notice.claimed_until,
    ).update(claimed_until=None, **values)
    DeliveryAttempt.objects.filter(pk=attempt.pk, ended_at=None).update(
        ended_at=Now(), end=end, answer=answer[:500]
    )
    return bool(is_ours)


def expire(*, now: datetime) -> int:
    """End what waited until it makes no sense any more; return how many.

    A reminder of a meeting that is over does not go out. Admins see it as too late, and
    its recipient's next morning mail says that it is over.
    """
    late = Notice.objects.too_late(now)
    is_told = Q(
        delivery_class=DeliveryClass.AT_MOST_ONCE, recipient__isnull=False
    ) & ~Q(kind=DIGEST.key)
    return late.update(
        state=NoticeState.EXPIRED,
        for_digest=Case(When(is_told, then=True), default=F("for_digest")),
    )


def reap() -> int:
    """Free the notices whose worker is gone; return how many.

    What must not arrive twice becomes `unknown`, for an admin to decide. Security
    mail waits for its next attempt, or fails after the last.
    """
    expired = Notice.objects.filter(state=NoticeState.SENDING, claimed_until__lt=Now())
    tired = Q(attempts__gt=len(RETRY_AFTER))
    again = Q(delivery_class=DeliveryClass.AT_LEAST_ONCE)
    broken = _("The line broke before there was an answer; it may have arrived.")
    ends: list[tuple[Q, dict[str, Any]]] = [
        (~again, {"state": NoticeState.UNKNOWN}),
        (again & tired, {"state": NoticeState.FAILED}),
        (again & ~tired, {"state": NoticeState.QUEUED, "retry_at": None}),
    ]
    freed = 0
    # Nearly always there are none.
    for which, values in ends if expired.exists() else []:
        freed += expired.filter(which).update(
            claimed_until=None, error=broken, **values
        )
    DeliveryAttempt.objects.left_open().update(
        ended_at=Now(), end=AttemptEnd.OPEN, answer=broken
    )
    return freed
