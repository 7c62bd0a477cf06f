"""Posting notices: everything that leaves is first a row."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from celery import signature
from django.conf import settings

from rhythm.notices.hints import hint
from rhythm.notices.kinds import kind_of
from rhythm.notices.models import Channel, DeliveryClass, Notice, NoticeState, Restore
from rhythm.notices.services.arriving import route_new
from rhythm.people.models import User

DELIVER = "rhythm.notices.tasks.deliver"
# A page hints at so many at once; the tick finds the others within half a minute.
HINTS_AT_ONCE = 25


@dataclass(frozen=True)
class Draft:
    """A notice to be posted. `key` names its occasion and recipient, once for ever.

    `address` replaces the recipient's own. Without either, the notice is only kept.
    `due_at` None means now. From `expires_at` on it does not go out; None leaves that
    to its kind (rhythm.notices.kinds).
    """

    kind: str
    key: str
    recipient: User | None
    subject: str
    text: str
    html: str = ""
    # What a calendar takes from the mail: titles and times, never what was noted. At
    # most LONGEST_CALENDAR characters.
    calendar: str = ""
    delivery_class: DeliveryClass = DeliveryClass.AT_MOST_ONCE
    # It stands in the inbox and goes out by no mail, since another one says the same.
    is_in_app_only: bool = False
    # Instead of a person.
    channel: Channel | None = None
    # The path of what it is about.
    url: str = ""
    address: str | None = None
    due_at: datetime | None = None
    expires_at: datetime | None = None
    # Its mail waits until then, so that it can be withdrawn; it stands in the inbox.
    mailed_from: datetime | None = None
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
    of what caused it: both happen, or neither. Costs four statements for any number.
    """
    notices = [_notice(each, now) for each in drafts if each.is_wanted]
    if not notices:
        return 0
    _hold_late(notices, now)
    route_new(notices, now)
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=500)
    # Those ignored are in nobody's hands: their message id was never stored.
    new = Notice.objects.filter(message_id__in=[each.message_id for each in notices])
    for pk in new.due(now).order_by("pk").values_list("pk", flat=True)[:HINTS_AT_ONCE]:
        hint(signature(DELIVER), pk)
    return new.count()


def _notice(draft: Draft, now: datetime) -> Notice:
    own = draft.recipient.email if draft.recipient else None
    address = draft.address or own or ""
    leaves = draft.channel or (settings.HAS_MAIL_SERVER and address)
    due_at = draft.due_at or now
    arrived_at = now if due_at <= now else None
    state = NoticeState.QUEUED if leaves else NoticeState.KEPT
    return Notice(
        kind=draft.kind,
        key=draft.key,
        recipient=draft.recipient,
        address=address,
        channel=draft.channel,
        url=draft.url,
        subject=" ".join(draft.subject.split())[:250],
        text=draft.text,
        html=draft.html,
        calendar=draft.calendar,
        delivery_class=draft.delivery_class,
        message_id=f"<{uuid.uuid4()}@{urlsplit(settings.APP_BASE_URL).hostname}>",
        state=NoticeState.INBOX if draft.is_in_app_only else state,
        due_at=due_at,
        expires_at=draft.expires_at or _end(draft.kind, due_at),
        waits_until=draft.mailed_from,
        arrived_at=arrived_at,
        surfaced_at=arrived_at,
        guard=draft.guard,
        guarded_id=draft.guarded_id,
    )


def _end(kind: str, due_at: datetime) -> datetime | None:
    lateness = kind_of(kind).max_lateness
    return due_at + lateness if lateness else None


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
