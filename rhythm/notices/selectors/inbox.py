"""A person's inbox, shaped for its page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rhythm.notices.kinds import BY_KEY, KINDS, OTHER, keys_of, kind_of
from rhythm.notices.models import Notice, NoticeQuerySet
from rhythm.people.models import User
from rhythm.web.formats import day_clock
from rhythm.web.numbers import whole_number

PER_PAGE = 30
SHOWN = {
    "open": gettext_lazy("Open"),
    "snoozed": gettext_lazy("Later"),
    "done": gettext_lazy("Done"),
}
# When a day begins, for what is put off to it.
MORNING = time(7, 30)


@dataclass(frozen=True)
class InboxRow:
    """A notice in the inbox. `again` is when it comes back, "" unless put off."""

    pk: int
    subject: str
    kind: str
    icon: str
    at: str
    again: str
    is_read: bool
    is_done: bool
    has_page: bool


@dataclass(frozen=True)
class Inbox:
    """A page of the inbox. `before` is where the next begins, "" on the last."""

    rows: list[InboxRow]
    before: str


@dataclass(frozen=True)
class Narrowed:
    """What of the inbox is shown."""

    show: str = "open"
    kind: str = ""
    before: str = ""

    @classmethod
    def by(cls, show: str, kind: str, before: str) -> Narrowed:
        """Return what was asked for; what nobody knows is left out."""
        return cls(
            show if show in SHOWN else "open", kind if kind in BY_KEY else "", before
        )


def inbox(person: User, narrowed: Narrowed, *, now: datetime) -> Inbox:
    """Return a page of the person's own inbox, the latest first. At most two queries.

    A notice about what the person may not see any more says no word of it.
    """
    found = _shown(person, narrowed, now)
    if key := _parsed(narrowed.before):
        at, pk = key
        found = found.filter(Q(surfaced_at__lt=at) | Q(surfaced_at=at, pk__lt=pk))
    # Bodies are long and not shown here.
    found = found.defer("text", "html").order_by("-surfaced_at", "-pk")
    page = list(found[: PER_PAGE + 1])
    more, page = len(page) > PER_PAGE, page[:PER_PAGE]
    hidden = hidden_of(person, page)
    today = person.today(now)
    rows = [_row(each, today, now, is_hidden=each.pk in hidden) for each in page]
    return Inbox(rows, _key(page[-1]) if more else "")


def _shown(person: User, narrowed: Narrowed, now: datetime) -> NoticeQuerySet:
    found = Notice.objects.visible_to(person).in_inbox_of(person)
    if narrowed.kind:
        found = found.filter(of_kind(narrowed.kind))
    if narrowed.show == "done":
        return found.done()
    return found.snoozed(now) if narrowed.show == "snoozed" else found.open(now)


def of_kind(key: str) -> Q:
    """Return the filter for notices of one kind of the catalogue."""
    if key == OTHER.key:
        return ~Q(kind__in=keys_of(OTHER))
    return Q(kind=key)


def hidden_of(person: User, notices: Iterable[Notice]) -> set[int]:
    """Return the keys of those that the person may not read any more.

    One query for each word of settings.NOTICE_GUARDS that occurs.
    """
    asked: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for notice in notices:
        if notice.guard and notice.guarded_id is not None:
            asked[notice.guard][notice.guarded_id].append(notice.pk)
    hidden = set()
    for word, keys in asked.items():
        still_open = import_string(settings.NOTICE_GUARDS[word])(person, list(keys))
        gone = keys.keys() - still_open
        hidden |= {pk for each in gone for pk in keys[each]}
    return hidden


def _row(notice: Notice, today: date, now: datetime, *, is_hidden: bool) -> InboxRow:
    kind = kind_of(notice.kind)
    subject = _("This is not for you any more.") if is_hidden else notice.subject
    until = notice.snoozed_until
    is_put_off = until is not None and until > now and notice.done_at is None
    came = notice.arrived_at or notice.due_at
    return InboxRow(
        pk=notice.pk,
        subject=subject,
        kind=str(kind.label),
        icon=kind.icon,
        at=day_clock(timezone.localtime(came), today),
        again=day_clock(timezone.localtime(until), today)
        if until and is_put_off
        else "",
        is_read=notice.read_at is not None,
        is_done=notice.done_at is not None,
        has_page=not is_hidden,
    )


def kind_choices() -> list[tuple[str, str | Promise]]:
    """Return the kinds to narrow an inbox to."""
    return [(each.key, each.label) for each in KINDS]


# -- until when --------------------------------------------------------------------
def snoozed_to(word: str, person: User, *, now: datetime) -> datetime | None:
    """Return the morning that `word` means to the person, None if it means none.

    word is `tomorrow`, `monday`, or a date as 2026-11-30.
    """
    today = person.today(now)
    if word == "tomorrow":
        day = today + timedelta(days=1)
    elif word == "monday":
        day = today + timedelta(days=7 - today.weekday())
    else:
        try:
            day = date.fromisoformat(word)
        except ValueError:
            return None
    return datetime.combine(day, MORNING, ZoneInfo(person.time_zone))


# -- where a page ends -------------------------------------------------------------
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def _key(notice: Notice) -> str:
    assert notice.surfaced_at is not None
    return f"{(notice.surfaced_at - EPOCH) // MICROSECOND}-{notice.pk}"


def _parsed(key: str) -> tuple[datetime, int] | None:
    at, _dash, pk = key.partition("-")
    micros, number = whole_number(at), whole_number(pk)
    if micros is None or number is None:
        return None
    try:
        return EPOCH + timedelta(microseconds=micros), number
    except OverflowError:
        return None


@dataclass(frozen=True)
class Item:
    """One notice on a page of its own. `text` None is not for the person any more."""

    pk: int
    subject: str
    kind: str
    at: str
    url: str
    text: str | None
    is_done: bool


def item(notice: Notice, today: date, *, is_hidden: bool) -> Item:
    """Return the notice with its text, and without if it is hidden from the person."""
    kind = kind_of(notice.kind)
    came = notice.arrived_at or notice.due_at
    return Item(
        pk=notice.pk,
        subject=_("This is not for you any more.") if is_hidden else notice.subject,
        kind=str(kind.label),
        at=day_clock(timezone.localtime(came), today),
        url="" if is_hidden else notice.url,
        text=None if is_hidden else notice.text,
        is_done=notice.done_at is not None,
    )
