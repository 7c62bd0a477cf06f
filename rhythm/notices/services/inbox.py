"""What becomes of what stands in an inbox: by its owner, or since it changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rhythm.notices.models import Notice, NoticeState
from rhythm.people.models import User


def read(notice: Notice, *, now: datetime) -> None:
    """Note that its recipient opened it. The first time counts."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=now)


def read_all(person: User, *, now: datetime) -> int:
    """Note everything open in the person's inbox as read; return how many."""
    inbox = Notice.objects.in_inbox_of(person)
    return inbox.open(now).filter(read_at=None).update(read_at=now)


def finish(notice: Notice, *, now: datetime) -> None:
    """Take it out of what is open: its recipient is done with it."""
    Notice.objects.filter(pk=notice.pk, done_at=None).update(
        done_at=now, snoozed_until=None
    )


def finish_told(kind: str, key: str, *, now: datetime) -> None:
    """Finish what was told under this key: its recipient did what it asked for."""
    Notice.objects.filter(kind=kind, key=key, done_at=None).update(
        done_at=now, snoozed_until=None
    )


@transaction.atomic
def withdraw(occasion: str, *, now: datetime, but: str = "") -> int:
    """Take back what was told to anybody under keys that begin so: it is so no more.

    It leaves inboxes; its mail stays here, unless somebody has tried to send it. What
    begins with `but` stays, "" keeps nothing. Returns how many stood in inboxes.
    """
    told = Notice.objects.filter(key__startswith=occasion)
    told = told.exclude(key__startswith=but) if but else told
    left = told.filter(done_at=None).update(done_at=now, snoozed_until=None)
    told.filter(state=NoticeState.QUEUED, attempts=0).update(state=NoticeState.INBOX)
    return left


@transaction.atomic
def tell_again(occasion: str, people: Iterable[User], *, now: datetime) -> None:
    """Have what was withdrawn stand open in these people's inboxes again, unread.

    Who had the mail gets no second one; what quiet hours hold is mailed after them.
    """
    told = Notice.objects.filter(key__startswith=occasion, recipient__in=people)
    told = told.exclude(done_at=None)
    held = told.filter(state=NoticeState.INBOX, for_digest=False, attempts=0)
    held.filter(waits_until__gt=now).update(state=NoticeState.QUEUED)
    told.update(done_at=None, read_at=None)


def put_away(*, now: datetime) -> int:
    """Take out of what is open the reminders of what has begun; return how many."""
    return Notice.objects.passed(now).update(done_at=now)


def reopen(notice: Notice, *, now: datetime) -> None:
    """Put it back to what is open, from done or from later.

    It comes as what was put off until now: its recipient wants it, so that it stays
    when what it is about has passed.
    """
    Notice.objects.filter(pk=notice.pk).update(done_at=None, snoozed_until=now)


def snooze(notice: Notice, *, until: datetime, now: datetime) -> None:
    """Put it off until then: it comes again at the top, and unread.

    Raises ValidationError if that is not ahead.
    """
    if until <= now:
        raise ValidationError(_("Choose a day that is ahead."), code="past")
    Notice.objects.filter(pk=notice.pk).update(
        snoozed_until=until, surfaced_at=until, read_at=None, done_at=None
    )
