"""The morning mail: one a day for each person, of what came and is still open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from rhythm.notices.kinds import DIGEST, kind_of
from rhythm.notices.models import Notice, NoticeQuerySet, Wishes
from rhythm.notices.quiet import morning, morning_ends
from rhythm.notices.selectors import hidden_of
from rhythm.notices.services.posting import Draft, post
from rhythm.notices.standing import standing_for
from rhythm.people.models import User
from rhythm.web.formats import day, day_clock

# A mail says so many of the new ones, and of those that it said before.
NEW, OLD = 40, 10


@dataclass(frozen=True)
class Told:
    """One notice in the morning mail."""

    subject: str
    kind: str
    at: str
    url: str


def send_digests(*, now: datetime) -> int:
    """Post the morning mail of everybody whose morning it is; return how many.

    It is sent for what was not in one before; nothing new, no mail. Of two ticks at
    once, one posts it: its key names the person and the day on the person's wall.
    """
    return sum(_send(each, day, wishes, now) for each, day, wishes in _due(now))


def _due(now: datetime) -> Iterator[tuple[User, date, Wishes]]:
    """Yield whose morning it is, for whom something waits, and who had no mail yet.

    At most five queries; two while it is nobody's morning, whoever waits for one.
    """
    mornings = _mornings(now)
    if not mornings:
        return
    had = set(
        Notice.objects.filter(key__in=mornings.keys()).values_list("key", flat=True)
    )
    new = [each for key, each in mornings.items() if key not in had]
    waiting = Notice.objects.for_next_digest(now).order_by().values("recipient")
    waiting = waiting.filter(recipient__in=[pk for pk, _day, _wishes in new])
    recipients = User.objects.filter(pk__in=waiting).in_bulk()
    for pk, morning_of, mine in new:
        if pk in recipients:
            yield recipients[pk], morning_of, mine


def _mornings(now: datetime) -> dict[str, tuple[int, date, Wishes]]:
    """Return who wants a mail this morning, of which day, by the key of that mail."""
    people = User.objects.able_to_sign_in().order_by("pk")
    zones = dict(people.values_list("pk", "time_zone"))
    # All that there are: a list of everybody would be longer to read.
    chosen, defaults = {each.user_id: each for each in Wishes.objects.all()}, Wishes()
    # Most people live in a few zones and choose no hour of their own.
    days: dict[tuple[time, tuple[int, ...], str], date | None] = {}
    found = {}
    for pk, zone in zones.items():
        mine = chosen.get(pk, defaults)
        same = (mine.digest_at, tuple(mine.digest_days), zone)
        if same not in days:
            days[same] = morning(now, *same)
        of = days[same]
        if of and mine.has_digest:
            found[_key(pk, of)] = (pk, of, mine)
    return found


def _key(person_id: int, day: date) -> str:
    return f"{DIGEST.key}:{person_id}:{day}"


@transaction.atomic
def _send(person: User, day: date, wishes: Wishes, now: datetime) -> bool:
    theirs = Notice.objects.for_next_digest(now).filter(recipient=person)
    # Of two that build it, the second finds nothing new when it gets the lock.
    new = list(theirs.select_for_update(of=("self",)).order_by("pk").defer("html"))
    hidden = hidden_of(person, new)
    shown = [each for each in new if each.pk not in hidden]
    Notice.objects.filter(pk__in=[each.pk for each in new]).update(digested_at=now)
    if not shown:
        return False
    ends = morning_ends(day, wishes.digest_at, person.time_zone)
    with timezone.override(person.time_zone):
        draft = replace(_draft(person, day, shown, now), expires_at=ends)
    return bool(post([draft], now=now))


def _draft(person: User, day_: date, new: Sequence[Notice], now: datetime) -> Draft:
    today = person.today(now)
    over = [each for each in new if each.is_over(now)]
    open_ = [each for each in new if not each.is_over(now)]
    before = _open_before(person, now)
    inbox = settings.APP_BASE_URL + reverse("notices:inbox")
    context = {
        "name": person.name,
        "day": day(day_, today),
        "new": [_told(each, today) for each in open_[:NEW]],
        "more": max(len(open_) - NEW, 0),
        "over": [_told(each, today) for each in over[:NEW]],
        "before": [_told(each, today) for each in before],
        "standing": list(standing_for(person, now=now)),
        "inbox": inbox,
    }
    subject = ngettext("%(n)d thing for %(day)s", "%(n)d things for %(day)s", len(new))
    return Draft(
        kind=DIGEST.key,
        key=_key(person.pk, day_),
        recipient=person,
        subject=subject % {"n": len(new), "day": context["day"]},
        text=render_to_string("notices/mail/digest.txt", context),
        html=render_to_string("notices/mail/digest.html", context),
        url=reverse("notices:inbox"),
        due_at=now,
    )


def _open_before(person: User, now: datetime) -> list[Notice]:
    """Return the latest of what stood in a morning mail before and is still open."""
    told: NoticeQuerySet = Notice.objects.in_inbox_of(person).open(now)
    told = told.filter(for_digest=True, digested_at__lt=now)
    told = told.filter(Q(expires_at=None) | Q(expires_at__gt=now))
    found = list(told.defer("text", "html").order_by("-surfaced_at", "-pk")[:OLD])
    hidden = hidden_of(person, found)
    return [each for each in found if each.pk not in hidden]


def _told(notice: Notice, today: date) -> Told:
    came = notice.arrived_at or notice.due_at
    path = notice.url or reverse("notices:inbox_item", args=[notice.pk])
    return Told(
        subject=notice.subject,
        kind=str(kind_of(notice.kind).label),
        at=day_clock(timezone.localtime(came), today),
        url=settings.APP_BASE_URL + path,
    )
