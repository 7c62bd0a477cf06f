"""Telling people what another rule, or other days off, did to their meetings.

One notice for each person, whatever it was that moved, of however many cadences.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rhythm.calendar.models import Cadence, Meeting
from rhythm.calendar.selectors.ground import Ground
from rhythm.calendar.wording import listed_up_to, times_of
from rhythm.notices.services import Draft
from rhythm.people.models import Team, User
from rhythm.web.formats import day_clock

KIND = "calendar.replanned"
# So many lines of a kind stand in a mail of each cadence, so many names in its subject.
LINES, NAMES = 6, 3
# A meeting is invited to once it is so near: the next of a weekly one stands in
# people's calendars before this one is over.
INVITED_AHEAD = timedelta(days=8)
# What has stood on the page of one's calendar for so long, one may know of.
SEEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """What planning did to a meeting, for those concerned."""

    meeting: Meeting
    # When it was to begin. Null for one that was not planned before.
    was_at: datetime | None
    is_cancelled: bool = False
    # Null as above.
    was_run_by: int | None = None
    # It takes the place of others.
    is_new: bool = False

    def is_known(self, now: datetime) -> bool:
        """Whether people may have heard of what is called off: else it needs no mail.

        That is when they were reminded of it, when invitations to it are out, or when
        it has stood in calendars for a day.
        """
        meeting = self.meeting
        return (
            meeting.reminded_minutes is not None
            or meeting.starts_at <= now + INVITED_AHEAD
            or meeting.created_at <= now - SEEN_AFTER
        )

    @property
    def is_moved(self) -> bool:
        return self.is_cancelled or self.was_at != self.meeting.starts_at

    @property
    def run_by(self) -> int:
        return self.meeting.deputy_id or self.meeting.chair_id

    @property
    def has_new_runner(self) -> bool:
        return self.was_run_by is not None and self.was_run_by != self.run_by


@dataclass
class News:
    """What one person hears."""

    moved: list[Change] = field(default_factory=list)
    # Meetings that this person chairs from now on.
    chaired: list[Change] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        return [*self.moved, *self.chaired]

    def by_cadence(self) -> dict[int, News]:
        """Return what is heard of each cadence, in the order of their ids."""
        found: dict[int, News] = defaultdict(News)
        for each in self.moved:
            found[each.meeting.cadence_id or 0].moved.append(each)
        for each in self.chaired:
            found[each.meeting.cadence_id or 0].chaired.append(each)
        return dict(sorted(found.items()))


def replanned(
    cadences: Mapping[int, Cadence],
    changes: Sequence[Change],
    around: Ground,
    *,
    now: datetime,
) -> Iterator[Draft]:
    """Yield the mails about what was moved or called off, and to new chairs.

    changes are those of which people are to hear; of what is called off they hear if
    they may know of it. Three queries where there are any, else none.
    """
    news = news_of(changes, around, now=now)
    if not news:
        return
    people = User.objects.able_to_sign_in().in_bulk(news)
    meetings = [each.meeting for each in changes]
    names = _Names(meetings)
    for who, told in sorted(news.items()):
        if who in people:
            yield _draft(people[who], cadences, told, names, now)


class _Names:
    """With whom meetings are, by name. Two queries."""

    def __init__(self, meetings: Iterable[Meeting]) -> None:
        meetings = list(meetings)
        teams = {each.team_id for each in meetings if each.team_id}
        people = {each.person_id for each in meetings if each.person_id}
        self.teams = dict(Team.objects.filter(pk__in=teams).values_list("pk", "name"))
        found = User.objects.get_queryset().filter(pk__in=people)
        self.people = dict(found.values_list("pk", "name"))

    def of(self, meeting: Meeting) -> str:
        if meeting.team_id:
            return self.teams[meeting.team_id]
        return self.people[meeting.person_id or 0]


def news_of(
    changes: Iterable[Change], around: Ground, *, now: datetime
) -> dict[int, News]:
    """Return what each is to hear, by the id of the person."""
    found: dict[int, News] = defaultdict(News)
    for change in changes:
        if change.is_cancelled and not change.is_known(now):
            continue
        if change.is_moved:
            for who in _concerned(change, around):
                found[who].moved.append(change)
        elif change.has_new_runner:
            found[change.run_by].chaired.append(change)
    return found


def _concerned(change: Change, around: Ground) -> set[int]:
    meeting = change.meeting
    concerned = {change.run_by}
    if change.was_run_by:
        concerned.add(change.was_run_by)
    if meeting.person_id:
        concerned.add(meeting.person_id)
        if meeting.deputy_id == meeting.person_id:
            concerned.add(meeting.chair_id)
    elif team := around.teams.get(meeting.team_id or 0):
        concerned.update(team.member_ids)
    return concerned


def _draft(
    person: User,
    cadences: Mapping[int, Cadence],
    news: News,
    names: _Names,
    now: datetime,
) -> Draft:
    changes, by_cadence = news.changes, news.by_cadence()
    names_of = dict.fromkeys(str(cadences[pk]) for pk in by_cadence)
    what = {"what": listed_up_to(NAMES, names_of)}
    if not news.moved:
        subject = _("You chair it now: %(what)s") % what
    elif all(each.is_cancelled for each in news.moved):
        subject = _("Called off: %(what)s") % what
    else:
        subject = _("New times: %(what)s") % what
    path = _path(changes)
    url = settings.APP_BASE_URL + path
    blocks = []
    for pk, each in by_cadence.items():
        if len(by_cadence) > 1:
            blocks.append(str(cadences[pk]))
        blocks += _blocks(person, each, names, now)
    last = max(max(each.was_at or now, each.meeting.starts_at) for each in changes)
    return Draft(
        kind=KIND,
        key=f"{KIND}:{person.pk}:{_occasion(changes)}",
        recipient=person,
        subject=subject,
        text="\n\n".join([*blocks, times_of(person.time_zone), url]) + "\n",
        url=path,
        expires_at=last + timedelta(hours=1),
    )


def _path(changes: Sequence[Change]) -> str:
    """Return the page of the one meeting that it is about, else the own calendar."""
    [meeting, *others] = [each.meeting for each in changes]
    # One that was only just made has no number here.
    if others or meeting.pk is None:
        return reverse("meetings:calendar")
    return meeting.get_absolute_url()


def _occasion(changes: Iterable[Change]) -> str:
    """Return a word for exactly these changes: a meeting's sequence grows with each."""
    meetings = [each.meeting for each in changes]
    told = sorted(
        (
            *(each.cadence_id or 0, each.key_on),
            *(each.team_id or 0, each.person_id or 0, each.sequence),
        )
        for each in meetings
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _blocks(person: User, news: News, names: _Names, now: datetime) -> Iterator[str]:
    off = [each for each in news.moved if each.is_cancelled]
    new = [each for each in news.moved if each.is_new]
    moved = [each for each in news.moved if not (each.is_cancelled or each.is_new)]
    for heading, changes in (
        (_("It moves:"), moved),
        (_("It does not take place:"), off),
        (_("It takes place:"), new),
        (_("You chair it:"), news.chaired),
    ):
        if changes:
            changes.sort(key=lambda each: each.was_at or each.meeting.starts_at)
            lines = [f"- {_line(person, each, names, now)}" for each in changes[:LINES]]
            if (more := len(changes) - LINES) > 0:
                lines.append(ngettext("and %d more", "and %d more", more) % more)
            yield "\n".join([heading, *lines])


def _line(person: User, change: Change, names: _Names, now: datetime) -> str:
    zone, today = ZoneInfo(person.time_zone), person.today(now)
    then = day_clock(change.meeting.starts_at.astimezone(zone), today)
    whom = names.of(change.meeting)
    if not change.is_moved or change.is_cancelled or change.is_new:
        return f"{then}, {whom}"
    if change.was_at is None:
        return _("%(then)s, %(whom)s (it takes place again)") % {
            "then": then,
            "whom": whom,
        }
    was = day_clock(change.was_at.astimezone(zone), today)
    return f"{was} → {then}, {whom}"
