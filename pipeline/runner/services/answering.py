"""Huddles in writing: everybody is asked, answers, and at the hour it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.runner.models import Answer, Run
from pipeline.runner.rooms import is_in_writing
from pipeline.runner.services.finishing import send_recap
from pipeline.runner.services.preparing import prepare
from pipeline.runner.telling import tell_huddle
from rhythm.calendar import services as meetings
from rhythm.calendar.models import (
    BEFORE_ITS_END,
    NEVER_BEGUN,
    Meeting,
    MeetingKind,
    MeetingState,
)
from rhythm.calendar.selectors.people import GUARD, people_of
from rhythm.calendar.services.course import beat, locked
from rhythm.notices import services as notices
from rhythm.notices.services import Draft
from rhythm.people.models import User
from rhythm.web import formats
from rhythm.web.versions import check_version

# Huddles that one tick closes, or takes back; the next one, the others.
AT_ONCE = 100
# The kind of the notice that asks the three questions.
ASKED = "meetings.huddle"


@transaction.atomic
def answer(
    run: Run,
    values: dict[str, str],
    *,
    by: User,
    now: datetime,
    shown_version: int | None,
) -> Answer:
    """Keep what `by` writes for a huddle; the last word counts.

    shown_version 0 means that nothing was written yet. Raises PermissionDenied for
    somebody who is not in it, Conflict, and ValidationError for a text that is missing
    or too long, and once it is closed.
    """
    run = locked(run)
    if by not in people_of([run.meeting])[run.meeting_id]:
        raise PermissionDenied
    require_open(run.meeting, now)
    given = Answer.objects.filter(run=run, person=by).first()
    if given is None:
        given = Answer(run=run, person=by, version=0)
    texts = {name: text.strip() for name, text in values.items()}
    if given.pk and all(getattr(given, name) == text for name, text in texts.items()):
        return given
    check_version(given, shown_version)
    for name, text in texts.items():
        setattr(given, name, text)
    given.answered_at = now
    given.version += 1
    given.clean_fields(exclude=["run", "person"])
    given.save()
    notices.finish_told(ASKED, _key(run.meeting, by), now=now)
    beat(run)
    return given


def require_open(meeting: Meeting, now: datetime) -> None:
    """Raise ValidationError if nothing can be written for it any more.

    One in writing closes at its hour, any other when it ends.
    """
    is_over = is_in_writing(meeting) and now >= meeting.starts_at
    if (
        meeting.kind != MeetingKind.HUDDLE
        or meeting.state not in BEFORE_ITS_END
        or is_over
    ):
        raise ValidationError(_("This huddle is closed."), code="closed")


@transaction.atomic
def ask(meeting: Meeting, *, now: datetime) -> Run:
    """Prepare a huddle in writing, and ask everybody in it once.

    Who has not answered one that was called off meanwhile finds the questions again.
    """
    run = locked(prepare(meeting))
    if run.asked_at:
        return run
    run.asked_at = now
    run.save(update_fields=["asked_at"])
    silent = User.objects.exclude(pk__in=run.answers.values("person"))
    notices.tell_again(_occasion(run.meeting), silent, now=now)
    notices.post(_questions(run), now=now)
    tell_huddle(run, now=now)
    return run


@transaction.atomic
def unask(*, now: datetime) -> None:
    """Take the questions of huddles that do not take place out of all inboxes.

    Safe to run at any time, any number of times. One query where there are none.
    """
    asked = Run.objects.with_meeting().filter(asked_at__isnull=False)
    off = asked.filter(meeting__state__in=NEVER_BEGUN).order_by("pk")
    for run in off.select_for_update(of=("self",), skip_locked=True)[:AT_ONCE]:
        notices.withdraw(_occasion(run.meeting), now=now)
        run.asked_at = None
        run.save(update_fields=["asked_at"])


def _occasion(meeting: Meeting) -> str:
    """Return how the keys of all notices that ask for a huddle begin."""
    return f"{ASKED}:{meeting.pk}:"


def _key(meeting: Meeting, person: User) -> str:
    return f"{_occasion(meeting)}{person.pk}"


def _questions(run: Run) -> Iterator[Draft]:
    meeting = run.meeting
    path = reverse("runner:answer", args=[meeting.pk])
    for person in people_of([meeting])[meeting.pk]:
        local = meeting.starts_at.astimezone(ZoneInfo(person.time_zone))
        until = f"{formats.dated(local.date(), 'D j M')}, {formats.clock(local)}"
        context = {
            "meeting": meeting,
            "reader": person,
            "until": until,
            "url": settings.APP_BASE_URL + path,
        }
        yield Draft(
            kind=ASKED,
            key=_key(meeting, person),
            recipient=person,
            subject=_("%(meeting)s: three questions until %(until)s")
            % {"meeting": meeting, "until": until},
            text=render_to_string("runner/mail/huddle.txt", context),
            url=path,
            expires_at=meeting.starts_at,
            guard=GUARD,
            guarded_id=meeting.pk,
        )


def to_close(now: datetime) -> list[Meeting]:
    """Return the huddles in writing whose hour has come. One query."""
    due = Meeting.objects.filter(
        state=MeetingState.PLANNED,
        kind=MeetingKind.HUDDLE,
        cadence__is_async=True,
        starts_at__lte=now,
    )
    return list(due.order_by("starts_at", "pk")[:AT_ONCE])


@transaction.atomic
def close(meeting: Meeting, *, now: datetime) -> Run:
    """Close a huddle in writing: held if anybody answered, else missed.

    Where it was held, its recap goes to everybody in it; the questions leave their
    inboxes. One that is closed, or whose hour was moved, stays as it is.
    """
    # Its run is made now if nobody was asked: after a silence of the clock.
    run = locked(prepare(meeting))
    current = run.meeting
    if current.state != MeetingState.PLANNED or current.starts_at > now:
        return run
    is_held = Answer.objects.filter(run=run).exists()
    run.meeting = meetings.close_in_writing(current, is_held=is_held, now=now)
    beat(run)
    notices.withdraw(_occasion(run.meeting), now=now)
    if is_held:
        send_recap(run, now=now)
    return run
