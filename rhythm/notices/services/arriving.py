"""Notices whose time has come: into the inbox, and by mail as the person wants it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from rhythm.notices.kinds import BY_MAIL, DIGEST, MAIL_ALONE, Delivery, kind_of
from rhythm.notices.models import DeliveryClass, Notice, NoticeState, Wishes
from rhythm.notices.quiet import quiet_until
from rhythm.people.models import User

# A tick takes so many at once; the next one, the rest.
AT_ONCE = 2000
# What comes later than that by mail comes together with the others, in the next
# morning mail: after an outage nobody gets twenty mails at once.
LATE = timedelta(hours=3)


@dataclass(frozen=True)
class Route:
    """Where an arrived notice goes: on by mail, at once or later, or nowhere else."""

    stays: bool = False
    waits_until: datetime | None = None
    for_digest: bool = False


def wishes_of(people: Iterable[int]) -> dict[int, Wishes]:
    """Return what people chose, by their keys, the defaults for others. One query.

    The defaults are one object, of nobody.
    """
    keys, defaults = set(people), Wishes()
    found = {each.user_id: each for each in Wishes.objects.filter(user__in=keys)}
    return {key: found.get(key, defaults) for key in keys}


def who_get_by_mail(kind: str, people: Iterable[int]) -> set[int]:
    """Return who of them wants notices of a kind by mail at once. One query."""
    wishes = wishes_of(people)
    return {pk for pk, each in wishes.items() if each.delivery(kind) == Delivery.MAIL}


def route(
    notice: Notice, person: User | None, wishes: Wishes | None, now: datetime
) -> Route:
    """Return where the notice goes, as its recipient wants it.

    Mail that lets somebody in, and what goes to no person, is never held.
    """
    if person is None or wishes is None or notice.is_secret:
        return Route()
    if notice.kind == DIGEST.key:
        return Route(waits_until=_quiet(person, wishes, now))
    delivery = wishes.delivery(notice.kind)
    is_alone = kind_of(notice.kind).is_mail_alone
    if delivery in BY_MAIL and (is_alone or now - notice.due_at < LATE):
        return Route(waits_until=_quiet(person, wishes, now))
    if is_alone:
        return Route(stays=True)
    is_held = delivery != Delivery.INBOX and wishes.has_digest
    return Route(stays=True, for_digest=is_held)


def _quiet(person: User, wishes: Wishes, now: datetime) -> datetime | None:
    return quiet_until(now, wishes.quiet_from, wishes.quiet_to, person.time_zone)


def route_new(notices: Iterable[Notice], now: datetime) -> None:
    """Send those that arrive as they are posted on their way. At most one query."""
    arrived = [each for each in notices if each.arrived_at and _is_open(each)]
    people = [each.recipient_id for each in arrived if each.recipient_id]
    wishes = wishes_of(people) if people else {}
    for notice in arrived:
        wanted = wishes.get(notice.recipient_id or 0)
        way = route(notice, notice.recipient, wanted, now)
        if way.waits_until or way.stays:
            notice.waits_until = way.waits_until
        notice.for_digest = way.for_digest
        if way.stays:
            notice.state = NoticeState.INBOX


def _is_open(notice: Notice) -> bool:
    return notice.state in (NoticeState.QUEUED, NoticeState.KEPT)


@transaction.atomic
def arrive(*, now: datetime, only: int | None = None) -> int:
    """Put what is due in its recipients' inboxes, and on its way; return how many.

    only is the key of one notice. Safe to repeat: a notice arrives once. Two ticks at
    once share the work.
    """
    waiting = Notice.objects.to_arrive(now)
    if only is not None:
        waiting = waiting.filter(pk=only)
    found = _locked(waiting)
    _apply(found, now, arrived_at=now, surfaced_at=now)
    return len(found)


@transaction.atomic
def route_again(person: User, *, now: datetime) -> None:
    """Let what waits for its mail go as the person wants it from now on."""
    waiting = Notice.objects.filter(recipient=person, state=NoticeState.QUEUED)
    secret = DeliveryClass.AT_LEAST_ONCE
    waiting = waiting.exclude(arrived_at=None).exclude(delivery_class=secret)
    _apply(_locked(waiting.filter(attempts=0)), now)


def combine_late(*, now: datetime) -> int:
    """Take what should have left by mail long ago to the next morning mail.

    Returns how many. It stands in the inbox since it arrived. What was tried before,
    what lets somebody in, and a mail that no inbox holds go on by themselves.
    """
    long_ago = now - LATE
    waited = Q(waits_until=None, arrived_at__lte=long_ago) | Q(
        waits_until__lte=long_ago
    )
    late = Notice.objects.filter(waited, state=NoticeState.QUEUED, attempts=0)
    late = late.filter(
        delivery_class=DeliveryClass.AT_MOST_ONCE, recipient__isnull=False
    )
    return late.exclude(kind__in=MAIL_ALONE).update(
        state=NoticeState.INBOX, for_digest=True
    )


def _locked(notices: QuerySet[Notice]) -> list[Notice]:
    mine = notices.select_for_update(of=("self",), skip_locked=True)
    mine = mine.select_related("recipient").defer("text", "html")
    return list(mine.order_by("due_at", "pk")[:AT_ONCE])


def _apply(notices: list[Notice], now: datetime, **values: datetime) -> None:
    """Write where the locked notices go: one statement for each way there is."""
    people = [each.recipient_id for each in notices if each.recipient_id]
    wishes = wishes_of(people) if people else {}
    ways: dict[tuple[Route, bool], list[int]] = defaultdict(list)
    for notice in notices:
        wanted = wishes.get(notice.recipient_id or 0)
        is_open = _is_open(notice)
        way = route(notice, notice.recipient, wanted, now) if is_open else Route()
        ways[way, is_open].append(notice.pk)
    for (way, is_open), keys in ways.items():
        changed: dict[str, object] = dict(values)
        if is_open:
            changed |= {"waits_until": way.waits_until, "for_digest": way.for_digest}
        if way.stays:
            changed["state"] = NoticeState.INBOX
        if changed:
            Notice.objects.filter(pk__in=keys).update(**changed)
