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
from rhythm.calendar.selectors.people import people_of
from rhythm.notices.services import Draft, post
from rhythm.people.models import User
from rhythm.web import formats

REMINDER = "meetings.reminder"
MISSED = "meetings.missed"
# Meetings whose reminders are made in one transaction.
BATCH = 500
# The shortest reminder of each meeting whose time has come, and that was not made yet.
# After a silence there is one, and not one for each that was missed.
DUE = """
    SELECT meeting.id, min(lead.minutes)
    FROM calendar_meeting meeting
    JOIN calendar_cadence cadence ON cadence.id = meeting.cadence_id
    CROSS JOIN LATERAL unnest(cadence.remind_minutes) AS lead(minutes)
    WHERE meeting.state = 'planned'
        AND meeting.starts_at > %(now)s
        AND meeting.starts_at <= %(now)s + interval '14 days'
        AND meeting.starts_at <= %(now)s + lead.minutes * interval '1 minute'
        AND lead.minutes < coalesce(meeting.reminded_minutes, 1000000)
    GROUP BY meeting.id
    ORDER BY meeting.id
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
    for meeting in meetings:
        for person in people[meeting.pk]:
            yield _reminder(meeting, person, leads[meeting.pk], now)


def _reminder(meeting: Meeting, person: User, minutes: int, now: datetime) -> Draft:
    starts = meeting.starts_at.astimezone(ZoneInfo(person.time_zone))
    when = formats.day_clock(starts, person.today(now))
    path = meeting.get_absolute_url()
    context = {"meeting": meeting, "when": when, "url": settings.APP_BASE_URL + path}
    moment = int(meeting.starts_at.timestamp())
    return Draft(
        kind=REMINDER,
        key=f"{REMINDER}:{meeting.pk}:{moment}:{minutes}:{person.pk}",
        recipient=person,
        subject=_("%(meeting)s: %(when)s") % {"meeting": meeting, "when": when},
        text=render_to_string("calendar/mail/reminder.txt", context),
        url=path,
        due_at=meeting.starts_at - timedelta(minutes=minutes),
        expires_at=meeting.starts_at,
    )


def _missed(meeting: Meeting, person: User, now: datetime) -> Draft:
    starts = meeting.starts_at.astimezone(ZoneInfo(person.time_zone))
    when = formats.day_clock(starts, person.today(now))
    path = meeting.get_absolute_url()
    context = {"meeting": meeting, "when": when, "url": settings.APP_BASE_URL + path}
    return Draft(
        kind=MISSED,
        key=f"{MISSED}:{meeting.pk}:{int(meeting.starts_at.timestamp())}:{person.pk}",
        recipient=person,
        subject=_("Missed: %(meeting)s, %(when)s") % {"meeting": meeting, "when": when},
        text=render_to_string("calendar/mail/missed.txt", context),
        url=path,
    )
