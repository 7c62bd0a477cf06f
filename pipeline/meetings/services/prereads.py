"""The pre-read goes out: one mail to each in a meeting, before it, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import (
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce, Greatest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from pipeline.meetings.models import Preread, PrereadReader
from pipeline.meetings.selectors.preread import (
    Covered,
    PrereadPage,
    covered,
    covering,
    preread_of,
)
from rhythm.calendar.models import Meeting, MeetingKind, MeetingState
from rhythm.calendar.prereads import BY_HAND_HOURS, KINDS, PREREAD, preread_at
from rhythm.calendar.selectors.people import GUARD, people_of
from rhythm.calendar.selectors.preparing import longest
from rhythm.notices.services import Draft, post
from rhythm.people.models import User

# Meetings whose pre-reads are made at one look; the next one has the others.
AT_ONCE = 1000
# Who has had one so lately needs no other, where a meeting is moved by an hour.
LATELY = timedelta(hours=12)


def to_preread(now: datetime) -> list[int]:
    """Return the meetings whose pre-read is to go out by now. One query."""
    by_hand = Q(cadence=None, kind=MeetingKind.PIPELINE_REVIEW)
    hours = Coalesce("cadence__preread_hours", BY_HAND_HOURS)
    lead = ExpressionWrapper(hours * Value(timedelta(hours=1)), DurationField())
    most = Greatest(longest("preread_hours"), Value(timedelta(hours=BY_HAND_HOURS)))
    # As an annotation: in the filter itself it would leave out those without a rule.
    ahead = Meeting.objects.annotate(lead=lead).filter(
        by_hand | Q(cadence__preread_hours__gt=0),
        kind__in=KINDS,
        state=MeetingState.PLANNED,
        starts_at__gt=now,
        # The index finds what is near; only those are asked for their lead.
        starts_at__lte=Value(now) + most,
    )
    ahead = ahead.filter(starts_at__lte=Value(now) + F("lead"))
    due = ahead.exclude(Exists(_sent(now, OuterRef("pk"), OuterRef("starts_at"))))
    due = due.order_by("starts_at", "pk")
    return list(due.values_list("pk", flat=True)[:AT_ONCE])


def _sent(now: datetime, meeting: Any, starts_at: Any) -> QuerySet[Preread]:
    """Return the pre-reads that make another one needless."""
    had = Q(starts_at=starts_at) | Q(sent_at__gt=now - LATELY)
    return Preread.objects.filter(had, meeting=meeting)


@transaction.atomic
def send_preread(meeting_id: int, *, now: datetime) -> int:
    """Post the pre-read of a meeting to everybody in it; return how many were new.

    Safe to run any number of times: it goes out once for each time that the meeting is
    given, and not when it has begun. Ten queries, and at most five for each reader.
    """
    Meeting.objects.select_for_update().filter(pk=meeting_id).first()
    meeting = covering(Meeting.objects.filter(pk=meeting_id)).first()
    if meeting is None or meeting.state != MeetingState.PLANNED:
        return 0
    goes_out = preread_at(meeting)
    if goes_out is None or not goes_out <= now < meeting.starts_at:
        return 0
    if _sent(now, meeting, meeting.starts_at).exists():
        return 0
    # The meeting is locked: nobody else sends it now.
    Preread.objects.create(meeting=meeting, starts_at=meeting.starts_at, sent_at=now)
    about = covered(meeting)
    people = people_of([meeting])[meeting.pk]
    return post((_draft(about, each, goes_out, now) for each in people), now=now)


def note_read(meeting: Meeting, reader: User, *, now: datetime) -> None:
    """Note that somebody has read the pre-read of a meeting; the first time stays."""
    PrereadReader.objects.bulk_create(
        [PrereadReader(meeting=meeting, reader=reader, read_at=now)],
        ignore_conflicts=True,
    )


def _draft(about: Covered, reader: User, due_at: datetime, now: datetime) -> Draft:
    page: PrereadPage = preread_of(about, reader, now=now)
    moment = int(about.meeting.starts_at.timestamp())
    context = {
        "page": page,
        "reader": reader,
        "meeting": about.meeting,
        "base": settings.APP_BASE_URL,
    }
    return Draft(
        kind=PREREAD,
        key=f"{PREREAD}:{about.meeting.pk}:{moment}:{reader.pk}",
        recipient=reader,
        subject=_("Before %(meeting)s, %(when)s")
        % {"meeting": page.title, "when": page.when},
        text=render_to_string("meetings/mail/preread.txt", context),
        html=render_to_string("meetings/mail/preread.html", context),
        url=page.url,
        due_at=due_at,
        expires_at=about.meeting.starts_at,
        guard=GUARD,
        guarded_id=about.meeting.pk,
    )
