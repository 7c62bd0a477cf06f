"""Posting notices, and delivering them: at most once, or at least once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from celery import signature
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from rhythm.notices import mail
from rhythm.notices.hints import hint
from rhythm.notices.models import DeliveryClass, Notice, NoticeState, Restore
from rhythm.people.models import User

# Far longer than the mail server's timeout: a slow send must not look like a dead one.
LEASE = timedelta(minutes=2)
# How long to wait after the first, second, … attempt that certainly failed.
RETRY_AFTER = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 360))
DELIVER = "rhythm.notices.tasks.deliver"
# A page hints at so many at once; the tick finds the others within half a minute.
HINTS_AT_ONCE = 25
RESENDABLE = (
    NoticeState.KEPT,
    NoticeState.FAILED,
    NoticeState.UNKNOWN,
    NoticeState.HELD,
    NoticeState.DROPPED,
)


@dataclass(frozen=True)
class Draft:
    """A notice to be posted. `key` names its occasion and recipient, once for ever.

    `address` replaces the recipient's own. Without either, the notice is only kept.
    `due_at` None means now.
    """

    kind: str
    key: str
    recipient: User | None
    subject: str
    text: str
    html: str = ""
    delivery_class: DeliveryClass = DeliveryClass.AT_MOST_ONCE
    address: str | None = None
    due_at: datetime | None = None
    # A word of settings.NOTICE_GUARDS and an id: the notice is dropped unless that
    # function says, right before it leaves, that the recipient may have it.
    guard: str = ""
    guarded_id: int | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether it goes out at all: the deactivated get security mail only."""
        if self.recipient is None or self.recipient.is_active:
            return True
        return self.delivery_class == DeliveryClass.AT_LEAST_ONCE


def post(drafts: Iterable[Draft], *, now: datetime) -> int:
    """Put the drafts in the outbox and return how many were new.

    A draft whose key was posted before changes nothing. Call it in the transaction
    of what caused it: both happen, or neither. Costs three statements for any number.
    """
    notices = [_notice(each, now) for each in drafts if each.is_wanted]
    if not notices:
        return 0
    _hold_late(notices, now)
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=500)
    # Those ignored are in nobody's hands: their message id was never stored.
    new = Notice.objects.filter(message_id__in=[each.message_id for each in notices])
    for pk in new.due(now).order_by("pk").values_list("pk", flat=True)[:HINTS_AT_ONCE]:
        hint(signature(DELIVER), pk)
    return new.count()


def _notice(draft: Draft, now: datetime) -> Notice:
    own = draft.recipient.email if draft.recipient else None
    address = draft.address or own or ""
    leaves = settings.HAS_MAIL_SERVER and address
    return Notice(
        kind=draft.kind,
        key=draft.key,
        recipient=draft.recipient,
        address=address,
        subject=" ".join(draft.subject.split())[:250],
        text=draft.text,
        html=draft.html,
        delivery_class=draft.delivery_class,
        message_id=f"<{uuid.uuid4()}@{urlsplit(settings.APP_BASE_URL).hostname}>",
        state=NoticeState.QUEUED if leaves else NoticeState.KEPT,
        due_at=draft.due_at or now,
        guard=draft.guard,
        guarded_id=draft.guarded_id,
    )


def _hold_late(notices: list[Notice], now: datetime) -> None:
    """Hold what was due before this installation was restored: it may be out."""
    late = [
        each
        for each in notices
        if each.state == NoticeState.QUEUED and each.due_at < now
    ]
    restore = Restore.objects.first() if late else None
    for notice in late:
        if restore and notice.due_at <= restore.restored_at:
            notice.state = NoticeState.HELD


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
        due_at=Now() + RETRY_AFTER[notice.attempts - 1],
        error=error.reason[:500],
    )


def _finish(notice: Notice, **values: object) -> None:
    """Write the end of an attempt, unless somebody else has the notice by now."""
    Notice.objects.filter(
        pk=notice.pk, state=NoticeState.SENDING, attempts=notice.attempts
    ).update(claimed_until=None, **values)


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
        (again & ~tired, {"state": NoticeState.QUEUED, "due_at": Now()}),
    ]
    return sum(
        expired.filter(which).update(claimed_until=None, error=broken, **values)
        for which, values in ends
    )


@transaction.atomic
def resend(notice: Notice, *, now: datetime) -> Notice:
    """Put a notice that did not go out, or may not have, in the queue again.

    It keeps its message id, so that a mail program shows a repetition once.

    Raises ValidationError if it is on its way, or sent, or there is no mail server.
    """
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if notice.state not in RESENDABLE:
        raise ValidationError(_("It was sent, or is on its way."), code="state")
    if not settings.HAS_MAIL_SERVER:
        raise ValidationError(_("There is no mail server (EMAIL_URL)."), code="server")
    if not notice.address:
        raise ValidationError(_("It has no address to go to."), code="address")
    notice.state, notice.attempts = NoticeState.QUEUED, 0
    notice.due_at, notice.error = now, ""
    notice.save(update_fields=["state", "attempts", "due_at", "error"])
    hint(signature(DELIVER), notice.pk)
    return notice


def hold_what_was_due(*, taken_at: datetime, now: datetime) -> int:
    """Hold what waits since before a restore; return how many notices wait.

    The database that was lost may have sent them after its backup of `taken_at`.
    What becomes due after `now` goes out as planned.
    """
    Restore.objects.create(restored_at=now, taken_at=taken_at)
    waiting = Q(state=NoticeState.QUEUED, due_at__lte=now)
    on_their_way = Q(state=NoticeState.SENDING)
    return Notice.objects.filter(waiting | on_their_way).update(
        state=NoticeState.HELD, claimed_until=None
    )


def release_held(*, now: datetime) -> int:
    """Send what a restore held; return how many. The next tick finds them.

    Without a mail server they are kept here, as others are.
    """
    released = NoticeState.QUEUED if settings.HAS_MAIL_SERVER else NoticeState.KEPT
    return Notice.objects.filter(state=NoticeState.HELD).update(
        state=released, due_at=now, attempts=0, error=""
    )


def drop_held() -> int:
    """Never send what a restore held; return how many. It stays to be read."""
    return Notice.objects.filter(state=NoticeState.HELD).update(
        state=NoticeState.DROPPED
    )
