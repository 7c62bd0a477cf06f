"""What an admin decides about notices that did not go out, or may not have."""

from __future__ import annotations

from datetime import datetime

from celery import signature
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext as _

from rhythm.notices.hints import hint
from rhythm.notices.models import Notice, NoticeState, Restore
from rhythm.notices.services.posting import DELIVER

RESENDABLE = (
    NoticeState.KEPT,
    NoticeState.FAILED,
    NoticeState.UNKNOWN,
    NoticeState.HELD,
    NoticeState.DROPPED,
    NoticeState.EXPIRED,
)


@transaction.atomic
def resend(notice: Notice, *, now: datetime) -> Notice:
    """Put a notice that did not go out, or may not have, in the queue again.

    It keeps its message id, so that a mail program shows a repetition once. What was
    too late goes out all the same: a person decided so.

    Raises ValidationError if it is on its way, or sent, or there is no mail server.
    """
    notices = Notice.objects.select_for_update(of=("self",)).select_related("channel")
    notice = notices.get(pk=notice.pk)
    if notice.state not in RESENDABLE:
        raise ValidationError(_("It was sent, or is on its way."), code="state")
    if notice.channel:
        if not notice.channel.is_active:
            raise ValidationError(_("Its channel is switched off."), code="channel")
    elif not settings.HAS_MAIL_SERVER:
        raise ValidationError(_("There is no mail server (EMAIL_URL)."), code="server")
    elif not notice.address:
        raise ValidationError(_("It has no address to go to."), code="address")
    notice.state, notice.attempts = NoticeState.QUEUED, 0
    notice.due_at, notice.error = min(notice.due_at, now), ""
    notice.retry_at = notice.expires_at = None
    # A person decided: it goes now, whatever the recipient's quiet hours are.
    notice.waits_until, notice.for_digest = now, False
    times = ["due_at", "retry_at", "expires_at", "waits_until"]
    notice.save(update_fields=["state", "attempts", "error", "for_digest", *times])
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

    Without a mail server mails are kept here, as others are; channels need none. What
    makes no sense any more is too late by then.
    """
    to_a_channel = Value(NoticeState.QUEUED.value)
    by_mail = NoticeState.QUEUED if settings.HAS_MAIL_SERVER else NoticeState.KEPT
    return Notice.objects.filter(state=NoticeState.HELD).update(
        state=Case(
            When(channel__isnull=False, then=to_a_channel),
            default=Value(by_mail.value),
        ),
        retry_at=None,
        waits_until=now,
        attempts=0,
        error="",
    )


def drop_held() -> int:
    """Never send what a restore held; return how many. It stays to be read."""
    return Notice.objects.filter(state=NoticeState.HELD).update(
        state=NoticeState.DROPPED
    )
