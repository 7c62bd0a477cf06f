"""What is due, on its morning; and once, to whom it was promised, that it was not kept.

Nobody hears on leave or on a day off: it waits until they work again, while it is news.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from rhythm.calendar.selectors.workdays import is_hour, workdays
from rhythm.commitments.models import Commitment
from rhythm.notices.models import Notice
from rhythm.notices.services import Draft, post
from rhythm.people.models import User
from rhythm.web.formats import day

DUE = "commitments.due"
BROKEN = "commitments.broken"
# The hours on somebody's own wall in which they are told: before the morning mail.
FROM, TO = 5, 20
# How often it is looked for.
EVERY = timedelta(minutes=15)
# What was due longer ago is no news. It stands on the pages of both.
LATEST = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class News:
    """What somebody is to be told of a commitment."""

    kind: str
    commitment: Commitment
    person: User

    @property
    def key(self) -> str:
        """Return what it is known by: of a new date it is told anew."""
        return f"{self.kind}:{self.commitment.pk}:{self.commitment.due_on}"


def remind(*, now: datetime) -> int:
    """Post what is due and what is overdue; return how many were new.

    Safe to run at any time, any number of times: each has a key, with its date, so that
    a new date that was agreed is told of anew. One query where nobody is to be told at
    this hour, two where all were, else 9 and those of posting.
    """
    today = now.date()
    open_ = (
        Commitment.objects.open()
        .filter(due_on__gte=today - LATEST, due_on__lte=today + DAY)
        .select_related("promiser", "receiver")
        .order_by("due_on", "pk")
    )
    news = {each.key: each for each in _news(open_, now) if _may_hear(each, now)}
    told = Notice.objects.filter(key__in=news) if news else Notice.objects.none()
    for key in told.values_list("key", flat=True):
        del news[key]
    if not news:
        return 0
    days = workdays(today - LATEST)
    wanted = (
        _draft(each, now)
        for each in news.values()
        if days.is_between(each.person, FROM, TO, now)
    )
    return post(wanted, now=now)


def _news(commitments: Iterable[Commitment], now: datetime) -> Iterator[News]:
    for each in commitments:
        here = each.promiser.today(now)
        if here >= each.due_on:
            yield News(DUE, each, each.promiser)
        if here > each.due_on and each.receiver != each.promiser:
            yield News(BROKEN, each, each.receiver)


def _may_hear(news: News, now: datetime) -> bool:
    """Whether it may be their hour, which costs no query to know."""
    return news.person.is_active and is_hour(news.person, FROM, TO, now)


def _draft(news: News, now: datetime) -> Draft:
    commitment, person = news.commitment, news.person
    path = commitment.get_absolute_url()
    subject, text = _words(news, now)
    return Draft(
        kind=news.kind,
        key=news.key,
        recipient=person,
        subject=subject,
        text=f"{text}\n\n{settings.APP_BASE_URL}{path}\n",
        url=path,
    )


def _words(news: News, now: datetime) -> tuple[str, str]:
    """Return the subject and the text, with dates as the reader counts them."""
    commitment = news.commitment
    said = {
        "what": commitment.what,
        "due": day(commitment.due_on, news.person.today(now)),
        "promiser": commitment.promiser.name,
        "receiver": commitment.receiver.name,
    }
    if news.kind == BROKEN:
        text = _("%(promiser)s promised you this by %(due)s, and it is open: %(what)s")
        return _("Not kept by %(due)s: %(what)s") % said, text % said
    text = _("You promised %(receiver)s: %(what)s") % said
    if commitment.receiver == commitment.promiser:
        text = commitment.what
    return _("Due %(due)s: %(what)s") % said, text
