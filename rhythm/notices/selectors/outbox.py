"""The outbox, shaped for the admin's pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rhythm.notices.models import (
    AttemptEnd,
    DeliveryAttempt,
    Notice,
    NoticeState,
    Restore,
)
from rhythm.notices.selectors.narrow import Narrow, narrowed
from rhythm.people.models import User
from rhythm.web.formats import day_clock

PER_PAGE = 50
MOST_TRIES = 500
# Icon and kind of each state, for a status.
LOOKS = {
    NoticeState.QUEUED: ("info", "hourglass-split"),
    NoticeState.SENDING: ("info", "send"),
    NoticeState.SENT: ("ok", "send-check"),
    NoticeState.KEPT: ("mute", "archive"),
    NoticeState.FAILED: ("bad", "envelope-exclamation"),
    NoticeState.UNKNOWN: ("warn", "question-circle"),
    NoticeState.HELD: ("warn", "pause"),
    NoticeState.DROPPED: ("mute", "x-circle"),
    NoticeState.INBOX: ("mute", "inbox"),
    NoticeState.EXPIRED: ("mute", "clock-history"),
}


ENDS: dict[str, tuple[str, str]] = {
    AttemptEnd.TAKEN: ("ok", "send-check"),
    AttemptEnd.REFUSED: ("bad", "x-circle"),
    AttemptEnd.OPEN: ("warn", "question-circle"),
}


@dataclass(frozen=True)
class NoticeRow:
    """A notice in the list."""

    pk: int
    subject: str
    to: str
    at: str
    look: str
    icon: str
    state: str
    # Nobody knows yet whether it goes out.
    is_under_way: bool
    error: str


@dataclass(frozen=True)
class AttemptRow:
    """One try to deliver a notice."""

    at: str
    took: str
    look: str
    icon: str
    end: str
    answer: str


@dataclass(frozen=True)
class NoticeList:
    """A page of the outbox, the newest first. `older` is the key to go on from."""

    rows: list[NoticeRow]
    older: int | None


@dataclass(frozen=True)
class Held:
    """What a restore holds until somebody decides. `title` is a sentence."""

    title: str
    text: str


def held(viewer: User, today: date) -> Held | None:
    """Return what waits for a decision, or None. Costs a query, or two."""
    notices = Notice.objects.visible_to(viewer).filter(state=NoticeState.HELD)
    count = notices.count()
    if not count:
        return None
    restore = Restore.objects.first()
    since = _("It may have been sent before.")
    if restore:
        since = _(
            "Restored %(restored)s from a backup of %(taken)s: they may have gone out "
            "in between."
        ) % {
            "restored": day_clock(timezone.localtime(restore.restored_at), today),
            "taken": day_clock(timezone.localtime(restore.taken_at), today),
        }
    title = ngettext(
        "%d mail is held until you decide.",
        "%d mails are held until you decide.",
        count,
    )
    return Held(title=title % count, text=since)


def notice_list(
    viewer: User, *, narrow: Narrow, before: int | None, today: date
) -> NoticeList:
    """Return the notices older than the key `before`. Costs one query at any depth."""
    notices = narrowed(Notice.objects.visible_to(viewer), narrow)
    notices = notices.select_related("recipient", "channel")
    if before:
        notices = notices.filter(pk__lt=before)
    # Bodies are long and not shown here.
    found = list(notices.defer("text", "html").order_by("-pk")[: PER_PAGE + 1])
    more = len(found) > PER_PAGE
    rows = [notice_row(each, today) for each in found[:PER_PAGE]]
    return NoticeList(rows=rows, older=rows[-1].pk if more else None)


def attempt_rows(notice: Notice, today: date) -> list[AttemptRow]:
    """Return every try at the notice, the newest first."""
    found = DeliveryAttempt.objects.filter(notice=notice).order_by("-pk")[:MOST_TRIES]
    return [_attempt_row(each, today) for each in found]


def _attempt_row(attempt: DeliveryAttempt, today: date) -> AttemptRow:
    look, icon = ENDS.get(attempt.end, ("info", "send"))
    took = ""
    if attempt.ended_at:
        seconds = (attempt.ended_at - attempt.started_at).total_seconds()
        took = _("%(seconds)s s") % {"seconds": f"{seconds:.1f}"}
    return AttemptRow(
        at=day_clock(timezone.localtime(attempt.started_at), today),
        took=took,
        look=look,
        icon=icon,
        end=attempt.get_end_display() or _("Under way"),
        answer=attempt.answer,
    )


def notice_row(notice: Notice, today: date) -> NoticeRow:
    look, icon = LOOKS[NoticeState(notice.state)]
    name = notice.recipient.name if notice.recipient else ""
    if notice.channel:
        name = notice.channel.name
    return NoticeRow(
        pk=notice.pk,
        subject=notice.subject,
        to=f"{name} <{notice.address}>"
        if name and notice.address
        else name or notice.address,
        at=day_clock(timezone.localtime(notice.created_at), today),
        look=look,
        icon=icon,
        state=notice.get_state_display(),
        is_under_way=notice.state in (NoticeState.QUEUED, NoticeState.SENDING),
        error=notice.error,
    )


def readable_text(notice: Notice) -> str | None:
    """Return what an admin may read of a notice; None when it is not for others.

    Mail that lets somebody in is read here only where there is no mail server.
    """
    if notice.is_secret and notice.state != NoticeState.KEPT:
        return None
    return notice.text
