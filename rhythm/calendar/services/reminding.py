"""What the calendar tells people by itself: it is near, or nobody held it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from rhythm.calendar.models import Meeting, MeetingState
from rhythm.calendar.prereads import PREREAD, is_reminded_in_app
from rhythm.calendar.selectors.people import people_of
from rhythm.calendar.wording import times_of
from rhythm.notices.services import (
    Draft,
    post,
    tell_again,
    who_get_by_mail,
    withdraw,
)
from rhythm.people.models import User
from rhythm.web import formats

REMINDER = "meetings.reminder"
MISSED = "meetings.missed"
# What a move makes due is mailed so long after it: it may be moved again, or back.
HELD = timedelta(minutes=5)
# Meetings whose reminders are made in one transaction.
BATCH = 500
# The shortest reminder of each meeting whose time has come, and that was not made yet.
# After a silence there is one, and not one for each that was missed.
#
# It is asked with every tick, so it looks at no meeting that is farther away than the
# longest reminder, and asks no cadence of a meeting that has had all that any cadence
# has for now: `leads` are those that there are, found by one look into the index each.
DUE = """
    WITH RECURSIVE each_list AS (
        (SELECT remind_minutes AS list FROM calendar_cadence ORDER BY 1 LIMIT 1)
        UNION ALL
        SELECT (
            SELECT remind_minutes FROM calendar_cadence
            WHERE remind_minutes > each_list.list ORDER BY 1 LIMIT 1
        )
        FROM each_list WHERE each_list.list IS NOT NULL
    ),
    leads AS (SELECT DISTINCT unnest(list) AS minutes FROM each_list),
    near AS MATERIALIZED (
        SELECT meeting.id, meeting.cadence_id, meeting.starts_at,
            coalesce(meeting.reminded_minutes, 1000000) AS had
        FROM calendar_meeting meeting
        WHERE meeting.state = 'planned'
            AND meeting.starts_at > %(now)s
            AND meeting.starts_at <= %(now)s
                + (SELECT max(minutes) FROM leads) * interval '1 minute'
            AND EXISTS (
                SELECT FROM leads
                WHERE leads.minutes < coalesce(meeting.reminded_minutes, 1000000)
                    AND meeting.starts_at
                        <= %(now)s + leads.minutes * interval '1 minute'
            )
    )
    SELECT near.id, min(lead.minutes)
    FROM near
    JOIN calendar_cadence cadence ON cadence.id = near.cadence_id
    CROSS JOIN LATERAL unnest(cadence.remind_minutes) AS lead(minutes)
    WHERE near.starts_at <= %(now)s + lead.minutes * interval '1 minute'
        AND lead.minutes < near.had
    GROUP BY near.id
    ORDER BY near.id
    LIMIT %(batch)s
"""


def remind_due(*, now: datetime) -> int:
    """Post the reminders whose time has come; return how many were new.

    Each goes to everybody in the meeting, in their own time, and not once it has begun.
    Safe to run at any time, any number of times. One query where nothing is due.
    """
    posted = 0
    while leads := _due(now):
        posted += _remind(leads, now)
        if len(leads) < BATCH:
            break
    return posted


def tell_missed(meeting_ids: Sequence[int], *, now: datetime) -> int:
    """Tell whoever runs these meetings that they were missed, and what to do."""
    meetings = _named(meeting_ids)
    drafts = (_missed(each, each.runner, now) for each in meetings)
    return post(drafts, now=now)


def _due(now: datetime) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"now": now, "batch": BATCH})
        return dict(cursor.fetchall())


@transaction.atomic
def _remind(leads: dict[int, int], now: datetime) -> int:
    locked = Meeting.objects.select_for_update(of=("self",)).order_by("pk")
    # Who waited for the lock finds what the other one has reminded of.
    left = [
        each
        for each in locked.filter(pk__in=leads, state=MeetingState.PLANNED)
        if each.reminded_minutes is None or leads[each.pk] < each.reminded_minutes
    ]
    for each in left:
        each.reminded_minutes = leads[each.pk]
    Meeting.objects.bulk_update(left, ["reminded_minutes"])
    meetings = _named([each.pk for each in left])
    return post(_reminders(meetings, leads, now), now=now)


def _named(ids: Iterable[int]) -> list[Meeting]:
    return list(
        Meeting.objects.filter(pk__in=ids)
        .select_related("team", "person", "chair", "deputy", "cadence")
        .order_by("starts_at", "pk")
    )


def _reminders(
    meetings: Sequence[Meeting], leads: dict[int, int], now: datetime
) -> Iterator[Draft]:
    people = people_of(meetings)
    everybody = {each.pk for found in people.values() for each in found}
    by_mail = who_get_by_mail(PREREAD, everybody)
    for meeting in meetings:
        has_moved = _take_back(meeting, people[meeting.pk], now)
        for person in people[meeting.pk]:
            reads = person.pk in by_mail
            yield _reminder(
                meeting,
                person,
                leads[meeting.pk],
                now,
                reads=reads,
                has_moved=has_moved,
            )


def _take_back(meeting: Meeting, people: Sequence[User], now: datetime) -> bool:
    """Take reminders of another time out of inboxes; return whether any were there.

    Those of the present time stand there again. No query for what never changed.
    """
    if not meeting.sequence:
        return False
    occasion, present = _occasion(meeting), _occasion(meeting, meeting.starts_at)
    if not withdraw(occasion, now=now, but=present):
        return False
    tell_again(present, people, now=now)
    return True


def _occasion(meeting: Meeting, at: datetime | None = None) -> str:
    """Return how the keys of its reminders begin, or of those of one time."""
    moment = f"{int(at.timestamp())}:" if at else ""
    return f"{REMINDER}:{meeting.pk}:{moment}"


def _reminder(
    meeting: Meeting,
    person: User,
    minutes: int,
    now: datetime,
    *,
    reads: bool,
    has_moved: bool,
) -> Draft:
    """Return the reminder; in the app alone, where another mail of that day says it.

    reads is whether the person gets pre-reads by mail. has_moved is whether it was at
    another time when people were reminded last.
    """
    when, _moment, path = _told(meeting, person, now)
    due_at = meeting.starts_at - timedelta(minutes=minutes)
    is_held = has_moved and due_at + HELD < now < meeting.starts_at - 2 * HELD
    return Draft(
        kind=REMINDER,
        key=f"{_occasion(meeting, meeting.starts_at)}{minutes}:{person.pk}",
        recipient=person,
        subject=_("%(meeting)s: %(when)s") % {"meeting": meeting, "when": when},
        text=_text("reminder", meeting, when, path, person.time_zone),
        url=path,
        due_at=due_at,
        expires_at=meeting.starts_at,
        mailed_from=now + HELD if is_held else None,
        is_in_app_only=reads and is_reminded_in_app(meeting, now, person.time_zone),
    )


def _missed(meeting: Meeting, person: User, now: datetime) -> Draft:
    when, moment, path = _told(meeting, person, now)
    return Draft(
        kind=MISSED,
        key=f"{MISSED}:{meeting.pk}:{moment}:{person.pk}",
        recipient=person,
        subject=_("Missed: %(meeting)s, %(when)s") % {"meeting": meeting, "when": when},
        text=_text("missed", meeting, when, path, person.time_zone),
        url=path,
    )


def _told(meeting: Meeting, person: User, now: datetime) -> tuple[str, int, str]:
    """Return when it is where the person is, a word for that moment, and its path."""
    starts = meeting.starts_at.astimezone(ZoneInfo(person.time_zone))
    when = formats.day_clock(starts, person.today(now))
    return when, int(meeting.starts_at.timestamp()), meeting.get_absolute_url()


def _text(name: str, meeting: Meeting, when: str, path: str, zone: str) -> str:
    context = {
        "meeting": meeting,
        "when": when,
        "url": settings.APP_BASE_URL + path,
        "times_of": times_of(zone),
    }
    return render_to_string(f"calendar/mail/{name}.txt", context)
