"""The week as mail to its leaders: was the rhythm kept, by me and by those below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from rhythm.notices.models import Notice
from rhythm.notices.services import Draft
from rhythm.people.models import Team, User
from rhythm.web.formats import dated, percent
from scorecards.discipline.figures import words
from scorecards.discipline.selectors.kept import Leader, kept

KIND = "discipline.week"
# Friday afternoon, on the leader's own wall.
WEEKDAY, AT = 4, time(16)
# After the weekend it is news of last week.
LATEST = timedelta(hours=48)


@dataclass(frozen=True)
class Line:
    """A leader in the mail."""

    name: str
    said: str
    share: str


def to_tell(now: datetime) -> list[int]:
    """Return the ids of the leaders who are to get their week by now. Two queries.

    None on most days, without a query.
    """
    if not may_be_told(now):
        return []
    managers = Team.objects.exclude(manager=None).values("manager")
    leaders = User.objects.able_to_sign_in().filter(pk__in=managers).order_by("pk")
    keys = {key_of(each, due): each.pk for each, due in _due(leaders, now)}
    told = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
    return [pk for key, pk in keys.items() if key not in told]


def may_be_told(now: datetime) -> bool:
    """Whether it is Friday afternoon somewhere on earth, or was within LATEST."""
    return now.weekday() in (WEEKDAY, 5, 6, 0)


def draft(leader: User, *, now: datetime) -> Draft | None:
    """Return the mail to a leader about this week; None if it is not its time."""
    due_at = last_friday(leader.time_zone, now)
    if due_at is None:
        return None
    found = kept(leader, now=due_at)
    path = reverse("discipline:kept")
    own = next((each for each in found.leaders if each.pk == leader.pk), None)
    below = [each for each in found.leaders if each.pk != leader.pk]
    monday = found.mondays[-1]
    context = {
        "own": _line(own) if own else None,
        "below": [_line(each) for each in below],
        "nobody_runs": found.nobody_runs[:5],
        "url": settings.APP_BASE_URL + path,
    }
    return Draft(
        kind=KIND,
        key=key_of(leader, due_at),
        recipient=leader,
        subject=_("Your week of %(day)s: the rhythm") % {"day": dated(monday, "j M")},
        text=render_to_string("discipline/mail/week.txt", context),
        url=path,
        due_at=due_at,
        expires_at=due_at + LATEST,
    )


def last_friday(zone_name: str, now: datetime) -> datetime | None:
    """Return the last Friday's hour on a wall; None if it is long past."""
    zone = ZoneInfo(zone_name)
    today = now.astimezone(zone).date()
    friday = today - timedelta(days=(today.weekday() - WEEKDAY) % 7)
    moment = datetime.combine(friday, AT, tzinfo=zone)
    return moment if moment <= now < moment + LATEST else None


def key_of(leader: User, due_at: datetime) -> str:
    """Return the key of a leader's mail of a week."""
    day: date = due_at.astimezone(ZoneInfo(leader.time_zone)).date()
    return f"{KIND}:{leader.pk}:{day.isoformat()}"


def _due(leaders: Iterable[User], now: datetime) -> Iterator[tuple[User, datetime]]:
    for each in leaders:
        moment = last_friday(each.time_zone, now)
        if moment is not None:
            yield each, moment


def _line(leader: Leader) -> Line:
    return Line(
        name=leader.name,
        said=words(leader.weeks[-1]),
        share=percent(leader.whole.share),
    )
