"""What becomes of a missed meeting that nobody says a word about.

Whoever runs it was told (reminding). At noon of the next working day comes one more
mail; two working days later the leader one level up hears of it, once, and nobody
above. Whoever is on leave, or has a day off, is asked when they work again. Whoever was
deactivated cannot be asked: two working days after it was missed their leader hears.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from rhythm.calendar.models import Meeting, MeetingState
from rhythm.calendar.selectors.workdays import Workdays, is_hour, workdays
from rhythm.calendar.wording import times_of
from rhythm.notices.models import Notice
from rhythm.notices.services import Draft, post
from rhythm.people.models import User
from rhythm.web.formats import day_clock

NAG = "meetings.nag"
ESCALATION = "meetings.escalation"
# The hours on somebody's own wall in which they are asked.
FROM, TO = 12, 20
# Working days after the day on which it was missed, and from then on.
NAG_AFTER, ESCALATE_AFTER = 1, 2
# What was missed longer ago is history, and stands in the map of what was kept.
LATEST = timedelta(days=14)
# It was found missed soon after it was to begin, unless there was a long silence.
LOOK_BACK = timedelta(days=28)


def nag(*, now: datetime) -> int:
    """Ask again about what was missed, then tell who leads; return how many hear.

    Safe to run at any time, any number of times: each mail has its key. After a silence
    it goes on where it was. One query where nothing is missed, three where every word
    was said, else 11 and those of posting, for any number.
    """
    missed = list(
        Meeting.objects.filter(
            state=MeetingState.MISSED,
            starts_at__gt=now - LOOK_BACK,
            missed_at__gt=now - LATEST,
        )
        .select_related("team", "person", "chair", "deputy")
        .order_by("starts_at", "pk")
    )
    if not missed:
        return 0
    asked, known = _posted(NAG, missed), _posted(ESCALATION, missed)
    open_ = [e for e in missed if e.pk not in asked and not _has_left(e)]
    # Which costs nothing to know, and leaves out most hours.
    open_ = [e for e in open_ if is_hour(e.runner, FROM, TO, now)]
    asked |= {e.pk: e.missed_at for e in missed if e.missed_at and _has_left(e)}
    quiet = [e for e in missed if e.pk in asked and e.pk not in known]
    if not open_ and not quiet:
        return 0
    days = workdays((now - LATEST).date())
    leaders = _leaders((*open_, *quiet), days)
    drafts = [
        *_nags(open_, leaders, days, now),
        *_escalations(quiet, leaders, asked, days, now),
    ]
    return post(drafts, now=now)


def _has_left(meeting: Meeting) -> bool:
    """Whether nobody runs it any more who could be asked."""
    return not meeting.runner.is_active


def _posted(kind: str, meetings: Iterable[Meeting]) -> dict[int, datetime]:
    """Return when each meeting's mail of a kind was made, by the meeting's id."""
    keys = {_key(kind, each): each.pk for each in meetings}
    found = Notice.objects.filter(key__in=keys).values_list("key", "due_at")
    return {keys[key]: due_at for key, due_at in found}


def _key(kind: str, meeting: Meeting) -> str:
    """Return what a mail is known by: it is asked anew of one that was moved.

    No leader hears twice of the same meeting.
    """
    if kind == ESCALATION:
        return f"{kind}:{meeting.pk}"
    return f"{kind}:{meeting.pk}:{int(meeting.starts_at.timestamp())}"


def _leaders(meetings: Iterable[Meeting], days: Workdays) -> dict[int, User]:
    """Return who hears of each meeting one level up, by its id; without the top."""
    above = {
        each.pk: found
        for each in meetings
        if (found := days.above(each.runner, _team(each, days)))
    }
    people = User.objects.able_to_sign_in().in_bulk(set(above.values()))
    return {pk: people[leader] for pk, leader in above.items() if leader in people}


def _nags(
    meetings: Iterable[Meeting],
    leaders: Mapping[int, User],
    days: Workdays,
    now: datetime,
) -> Iterator[Draft]:
    for each in meetings:
        person = each.runner
        assert each.missed_at is not None
        since = person.today(each.missed_at)
        is_due = days.worked(person, since, person.today(now)) >= NAG_AFTER
        if is_due and days.is_between(person, FROM, TO, now):
            yield _draft(NAG, each, person, leaders.get(each.pk), now)


def _escalations(
    meetings: Iterable[Meeting],
    leaders: Mapping[int, User],
    asked: Mapping[int, datetime],
    days: Workdays,
    now: datetime,
) -> Iterator[Draft]:
    for each in meetings:
        leader, runner = leaders.get(each.pk), each.runner
        since = runner.today(asked[each.pk])
        is_due = days.worked(runner, since, runner.today(now)) >= ESCALATE_AFTER
        if leader and is_due and days.is_between(leader, FROM, TO, now):
            yield _draft(ESCALATION, each, leader, leader, now)


def _team(meeting: Meeting, days: Workdays) -> int | None:
    """Return the team that it is with, or that of the person it is with."""
    return meeting.team_id or days.teams.get(meeting.person_id or 0)


def _draft(
    kind: str, meeting: Meeting, person: User, leader: User | None, now: datetime
) -> Draft:
    starts = meeting.starts_at.astimezone(ZoneInfo(person.time_zone))
    path = meeting.get_absolute_url()
    said = {
        "meeting": meeting,
        "when": day_clock(starts, person.today(now)),
        "name": meeting.runner.name,
        "leader": leader.name if leader else "",
        "has_left": _has_left(meeting),
        "url": settings.APP_BASE_URL + path,
        "times_of": times_of(person.time_zone),
    }
    subjects = {
        NAG: _("Still open: %(meeting)s, %(when)s"),
        ESCALATION: _("Not held, and no word why: %(meeting)s, %(when)s"),
    }
    name = kind.partition(".")[2]
    return Draft(
        kind=kind,
        key=_key(kind, meeting),
        recipient=person,
        subject=subjects[kind] % said,
        text=render_to_string(f"calendar/mail/{name}.txt", said),
        url=path,
    )
