"""Invitations by mail: what each person's own calendar is to know of the next days.

Nobody has to say that a meeting was made, moved, left out or has other people: what is
planned is compared with what each was told, and the difference goes out. What somebody
has just changed may be changed again, or back, so that is told when it stands: when it
is the same at two looks. Quiet hours tell nothing, and then what came of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from pipeline.meetings.ics import invitation_of
from pipeline.meetings.models import Invitation
from rhythm.calendar.models import Meeting
from rhythm.calendar.selectors.people import GUARD
from rhythm.calendar.services.telling import INVITED_AHEAD
from rhythm.calendar.wording import times_of
from rhythm.notices.selectors import in_quiet_hours
from rhythm.notices.services import Draft, post
from rhythm.people.models import User
from rhythm.web import formats

KIND = "meetings.invitation"
# A meeting is invited to once it is so near. Planning goes eight weeks ahead, and so
# many mails are none that anybody reads. A rep whose team starts the weekly rhythm gets
# six on the first day, and about four a week from then on: one for each meeting.
AHEAD = INVITED_AHEAD
# A calendar reads the own address if it did so lately.
LIVE = timedelta(days=14)
# What begins within that is told of at the first look.
SOON = timedelta(hours=2)
# So long after its time a meeting's invitations are of no use.
KEPT = timedelta(days=28)
# Mails that are made in one transaction, and so often at once; then the next look.
BATCH, BATCHES = 500, 4
# Of two that look at the same time, the second finds nothing to do.
LOCK = 7462011
# Who is in what (rhythm.calendar.selectors.people), what they were told of it, and
# where the two differ. What was told before stays right even for those who get no new
# ones, unless they ended these mails.
DIFFERENCES = """
    WITH known AS (
        SELECT * FROM meetings_invitation
        WHERE starts_at > %(now)s OR meeting_id IN (
            SELECT id FROM calendar_meeting
            WHERE state = 'planned' AND starts_at > %(now)s
        )
    ), planned AS (
        SELECT *, encode(sha256(convert_to(kind || ' ' || title, 'UTF8')), 'hex')
            AS name_sha256
        FROM calendar_meeting
        WHERE state = 'planned' AND starts_at > %(now)s
            AND (starts_at <= %(until)s OR id IN (SELECT meeting_id FROM known))
    ), invited AS (
        SELECT id AS meeting_id, coalesce(deputy_id, chair_id) AS user_id FROM planned
        UNION
        SELECT id, person_id FROM planned WHERE person_id IS NOT NULL
        UNION
        SELECT id, chair_id FROM planned WHERE deputy_id = person_id
        UNION
        SELECT planned.id, member.user_id
        FROM planned
        JOIN people_membership member USING (team_id)
        WHERE member.until IS NULL
    ), reader AS (
        SELECT person.id,
            wishes.deliveries ->> %(kind)s = 'none' AS has_ended,
            wishes.deliveries ->> %(kind)s = 'mail' OR feed.id IS NULL AS wants_new
        FROM people_user person
        LEFT JOIN notices_wishes wishes ON wishes.user_id = person.id
        LEFT JOIN meetings_calendarfeed feed
            ON feed.user_id = person.id AND feed.used_at > %(live)s
        WHERE person.is_active AND person.email <> ''
            AND person.id <> ALL(%(in_quiet_hours)s)
    ), different AS (
        SELECT planned.id AS meeting_id, reader.id AS user_id,
            false AS is_off, known.sequence, planned.starts_at AS at
        FROM invited
        JOIN planned ON planned.id = invited.meeting_id
        JOIN reader ON reader.id = invited.user_id
        LEFT JOIN known USING (meeting_id, user_id)
        WHERE has_ended IS NOT TRUE
            AND CASE WHEN known.is_off IS DISTINCT FROM false
                THEN coalesce(wants_new, false) AND planned.starts_at <= %(until)s
                ELSE (known.starts_at, known.minutes, known.name_sha256)
                    <> (planned.starts_at, planned.planned_minutes, planned.name_sha256)
                END
            AND (known.user_id IS NULL OR known.seen_sequence = planned.sequence
                OR least(known.starts_at, planned.starts_at) <= %(soon)s)
        UNION ALL
        SELECT known.meeting_id, known.user_id, true, known.sequence, known.starts_at
        FROM known
        JOIN calendar_meeting meeting ON meeting.id = known.meeting_id
        JOIN reader ON reader.id = known.user_id
        LEFT JOIN invited USING (meeting_id, user_id)
        WHERE NOT known.is_off
            AND has_ended IS NOT TRUE
            AND known.starts_at > %(now)s
            AND (meeting.state IN ('skipped', 'cancelled')
                OR meeting.state = 'planned' AND meeting.starts_at > %(now)s
                AND invited.user_id IS NULL)
            AND (known.seen_sequence = meeting.sequence OR known.starts_at <= %(soon)s)
    )
    SELECT meeting_id, user_id, is_off, sequence
    FROM different
    ORDER BY at, meeting_id, user_id
    LIMIT %(batch)s
"""
SEEN = """
    UPDATE meetings_invitation SET seen_sequence = meeting.sequence
    FROM calendar_meeting meeting
    WHERE meeting.id = meeting_id
        AND greatest(meetings_invitation.starts_at, meeting.starts_at) > %(now)s
        AND seen_sequence IS DISTINCT FROM meeting.sequence
"""


@dataclass(frozen=True)
class Difference:
    """A person whose calendar is to learn something of a meeting."""

    meeting_id: int
    user_id: int
    is_off: bool
    # Of the last mail about it, None before the first.
    sequence: int | None


def invite(*, now: datetime) -> int:
    """Post the mails by which people's own calendars become right; return how many.

    Safe to run at any time, any number of times, by any number at once: what was said
    is noted in the same transaction. One mail for each meeting and person, since no
    program takes several from one mail. Nothing without a mail server.
    """
    if not settings.HAS_MAIL_SERVER:
        return 0
    Invitation.objects.filter(starts_at__lt=now - KEPT).delete()
    posted = 0
    for _batch in range(BATCHES):
        told = _invite_some(now)
        posted += told
        if told < BATCH:
            break
    with connection.cursor() as cursor:
        cursor.execute(SEEN, {"now": now})
    return posted


@transaction.atomic
def _invite_some(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
    found = _differences(now)
    if not found:
        return 0
    # What is said is what stands here, whatever it was a moment ago.
    meetings = Meeting.objects.select_related("team", "person", "cadence").in_bulk(
        {each.meeting_id for each in found}
    )
    people = User.objects.get_queryset().in_bulk({each.user_id for each in found})
    before = _before(found)
    told = [_noted(each, meetings[each.meeting_id]) for each in found]
    post(_drafts(told, before, meetings, people, now), now=now)
    Invitation.objects.bulk_create(
        told,
        update_conflicts=True,
        unique_fields=["meeting", "user"],
        update_fields=[
            *("sequence", "starts_at", "minutes", "name_sha256"),
            *("is_off", "seen_sequence"),
        ],
    )
    return len(told)


def _differences(now: datetime) -> list[Difference]:
    asked: dict[str, datetime | str | int | list[int]] = {
        "now": now,
        "soon": now + SOON,
        "until": now + AHEAD,
        "in_quiet_hours": in_quiet_hours(now),
        "live": now - LIVE,
        "kind": KIND,
        "batch": BATCH,
    }
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES, asked)
        return [Difference(*row) for row in cursor.fetchall()]


def _before(found: Iterable[Difference]) -> dict[tuple[int, int], Invitation]:
    """Return what those concerned were told before, by meeting and person."""
    known = Invitation.objects.filter(
        meeting__in={each.meeting_id for each in found},
        user__in={each.user_id for each in found},
    )
    return {(each.meeting_id, each.user_id): each for each in known}


def _noted(difference: Difference, meeting: Meeting) -> Invitation:
    last = difference.sequence
    name = f"{meeting.kind} {meeting.title}"
    return Invitation(
        meeting_id=meeting.pk,
        user_id=difference.user_id,
        sequence=max(meeting.sequence, -1 if last is None else last + 1),
        starts_at=meeting.starts_at,
        minutes=meeting.planned_minutes,
        name_sha256=hashlib.sha256(name.encode()).hexdigest(),
        is_off=difference.is_off,
        seen_sequence=meeting.sequence,
    )


def _drafts(
    told: Sequence[Invitation],
    before: dict[tuple[int, int], Invitation],
    meetings: dict[int, Meeting],
    people: dict[int, User],
    now: datetime,
) -> Iterator[Draft]:
    for each in told:
        meeting, person = meetings[each.meeting_id], people[each.user_id]
        last = before.get((each.meeting_id, each.user_id))
        yield _draft(each, last, meeting, person, now)


def _draft(
    told: Invitation,
    last: Invitation | None,
    meeting: Meeting,
    person: User,
    now: datetime,
) -> Draft:
    zone, today = ZoneInfo(person.time_zone), person.today(now)
    when = formats.day_clock(told.starts_at.astimezone(zone), today)
    path = meeting.get_absolute_url()
    was = ""
    if last and not told.is_off and last.starts_at != told.starts_at:
        was = formats.day_clock(last.starts_at.astimezone(zone), today)
    context = {
        "what": _what(told, last, meeting),
        "meeting": meeting,
        "when": when,
        "was": was,
        "times_of": times_of(person.time_zone),
        "url": "" if told.is_off else settings.APP_BASE_URL + path,
    }
    subject = _("%(what)s: %(meeting)s, %(when)s") % context
    is_open = not told.is_off
    return Draft(
        kind=KIND,
        key=f"{KIND}:{meeting.pk}:{person.pk}:{told.sequence}",
        recipient=person,
        subject=subject,
        text=render_to_string("meetings/mail/invitation.txt", context),
        calendar=invitation_of(
            meeting, person, sequence=told.sequence, is_off=told.is_off, now=now
        ),
        url=path,
        expires_at=max(told.starts_at, last.starts_at if last else told.starts_at),
        guard=GUARD if is_open else "",
        guarded_id=meeting.pk if is_open else None,
    )


def _what(told: Invitation, last: Invitation | None, meeting: Meeting) -> str:
    if told.is_off:
        is_planned = meeting.state == "planned"
        return _("Without you") if is_planned else _("Called off")
    if last is None or last.is_off:
        return _("Invitation")
    return _("New time") if last.starts_at != told.starts_at else _("Changed")
