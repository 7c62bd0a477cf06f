"""Delivering notices: at most once, or at least once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from rhythm.notices import mail
from rhythm.notices.models import DeliveryClass, Notice, NoticeState

# Far longer than the mail server's timeout: a slow send must not look like a dead one.
LEASE = timedelta(minutes=2)
# How long to wait after the first, second, … attempt that certainly failed.
RETRY_AFTER = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 360))


def deliver(notice_id: int, *, now: datetime) -> bool:
    """Send one notice by mail. Return False if it was not to be sent now.

    The claim is one conditional UPDATE, so of two workers only one sends. It is
    committed before the mail leaves. A worker that dies, or a line that breaks, after
    the claim leaves the notice to `reap`, when the lease has passed.
    """
    claimed = (
        Notice.objects.due(now)
        .filter(pk=notice_id)
        .update(
            state=NoticeState.SENDING,
            attempts=F("attempts") + 1,
            claimed_until=Now() + LEASE,
        )
    )
    if not claimed:
        return False
    notice = Notice.objects.select_related("recipient").get(pk=notice_id)
    try:
        _check(notice)
        mail.send(notice)
    except mail.NotDelivered as error:
        _finish_undelivered(notice, error)
        return False
    sent = {"state": NoticeState.SENT, "sent_at": Now(), "error": ""}
    if notice.is_secret:
        # It holds a link that lets somebody in; nobody needs it here any more.
        sent |= {"text": "", "html": ""}
    _finish(notice, **sent)
    return True


def _check(notice: Notice) -> None:
    """Refuse what became wrong while the notice waited."""
    recipient = notice.recipient
    if recipient and not recipient.is_active and not notice.is_secret:
        reason = _("The person was deactivated meanwhile.")
        raise mail.NotDelivered(reason, is_final=True)
    if notice.guard and recipient:
        may_have_it = import_string(settings.NOTICE_GUARDS[notice.guard])
        if not may_have_it(recipient, notice.guarded_id):
            reason = _("It is not for this person any more.")
            raise mail.NotDelivered(reason, is_final=True)


def _finish_undelivered(notice: Notice, error: mail.NotDelivered) -> None:
    tried_enough = notice.attempts > len(RETRY_AFTER)
    if error.is_final or tried_enough:
        _finish(notice, state=NoticeState.FAILED, error=error.reason[:500])
        return
    _finish(
        notice,
        state=NoticeState.QUEUED,
        retry_at=Now() + RETRY_AFTER[notice.attempts - 1],
        error=error.reason[:500],
    )


def _finish(notice: Notice, **values: object) -> None:
    """Write the end of an attempt, unless somebody else has the notice by now."""
    Notice.objects.filter(
        pk=notice.pk, state=NoticeState.SENDING, attempts=notice.attempts
    ).update(claimed_until=None, **values)


def expire(*, now: datetime) -> int:
    """End what waited until it makes no sense any more; return how many.

    A reminder of a meeting that is over does not go out. Admins see it as too late.
    """
    return Notice.objects.too_late(now).update(state=NoticeState.EXPIRED)


def reap() -> int:
    """Free the notices whose worker is gone; return how many.

    What must not arrive twice becomes `unknown`, for an admin to decide. Security
    mail waits for its next attempt, or fails after the last.
    """
    expired = Notice.objects.filter(state=NoticeState.SENDING, claimed_until__lt=Now())
    tired = Q(attempts__gt=len(RETRY_AFTER))
    again = Q(delivery_class=DeliveryClass.AT_LEAST_ONCE)
    broken = _("The line to the mail server broke; it may have arrived.")
    ends: list[tuple[Q, dict[str, Any]]] = [
        (~again, {"state": NoticeState.UNKNOWN}),
        (again & tired, {"state": NoticeState.FAILED}),
        (again & ~tired, {"state": NoticeState.QUEUED, "retry_at": None}),
    ]
    return sum(
        expired.filter(which).update(claimed_until=None, error=broken, **values)
        for which, values in ends
    )
