"""Reviews of meetings that the calendar called."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from pipeline.reviews.asking import prepare_drafts, unprepared_drafts
from pipeline.reviews.models import Review
from pipeline.reviews.selectors.proposal import propose_for
from pipeline.reviews.services.agenda import put_on_agenda
from rhythm.calendar import services as meetings
from rhythm.calendar.models import STARTABLE, Meeting, MeetingKind
from rhythm.calendar.selectors.preparing import in_preparation
from rhythm.notices.services import post
from rhythm.people.models import Team, User

# Agendas that are made at one look; the next one, EVERY later, makes the others.
AT_ONCE = 500
NUDGED_AT_ONCE = 500


@transaction.atomic
def prepare(meeting: Meeting, *, now: datetime, is_asking: bool = True) -> Review:
    """Return the review of a called meeting, with the agenda that is proposed now.

    One that was made before stays as it is. Where no deal is open, the agenda is empty.
    Each rep with deals on it is asked once to prepare them, unless it begins right now.

    Raises ValidationError for another kind of meeting, and for one that is over.
    """
    meeting = meetings.locked(meeting)
    made = Review.objects.with_meeting().filter(meeting=meeting).first()
    if made:
        return made
    if meeting.kind != MeetingKind.PIPELINE_REVIEW or meeting.state not in STARTABLE:
        raise ValidationError(_("There is no review to prepare."), code="state")
    subject: Team | User | None = meeting.team or meeting.person
    assert subject is not None
    proposal = propose_for(
        subject,
        viewer=meeting.runner,
        minutes=meeting.planned_minutes,
        ticked=None,
        added=(),
        now=now,
    )
    review = Review.objects.create(meeting=meeting)
    if proposal.rows:
        put_on_agenda(
            review,
            [each.pk for each in proposal.talk],
            [each.pk for each in proposal.exceptions],
            (),
            by=meeting.runner,
            now=now,
        )
    if is_asking and meeting.starts_at > now:
        post(prepare_drafts(review, meeting, now=now), now=now)
    return review


@transaction.atomic
def nudge_due(*, now: datetime) -> int:
    """Post who has still to prepare what is held today; return how many were new.

    Once for each review, on its day by its own wall, and not on the day on which they
    are asked. One planned by hand goes by the wall of its chair. Safe to run at any
    time. One query where nothing is due.
    """
    soon = (
        Review.objects.planned()
        .filter(
            nudged_at=None,
            meeting__starts_at__gt=now,
            meeting__starts_at__lte=now + timedelta(days=1),
        )
        .select_related(
            "meeting__cadence", "meeting__team", "meeting__person", "meeting__chair"
        )
        .order_by("meeting__starts_at", "pk")
    )
    due = [each for each in soon[:NUDGED_AT_ONCE] if _is_due(each.meeting, now)]
    if not due:
        return 0
    free = Review.objects.select_for_update(skip_locked=True).filter(nudged_at=None)
    mine = set(free.filter(pk__in=[e.pk for e in due]).values_list("pk", flat=True))
    Review.objects.filter(pk__in=mine).update(nudged_at=now)
    drafts = unprepared_drafts([each for each in due if each.pk in mine], now=now)
    return post(drafts, now=now)


def _is_due(meeting: Meeting, now: datetime) -> bool:
    """Return whether it is held today, and its people were asked before today."""
    if meeting.cadence:
        wall = ZoneInfo(meeting.time_zone)
        asked_at = meeting.starts_at - timedelta(hours=meeting.cadence.prepare_hours)
    else:
        wall, asked_at = ZoneInfo(meeting.chair.time_zone), meeting.created_at
    today = now.astimezone(wall).date()
    is_today = meeting.starts_at.astimezone(wall).date() == today
    return is_today and asked_at.astimezone(wall).date() < today


def to_prepare(now: datetime) -> list[Meeting]:
    """Return the called reviews whose preparation begins now. One query."""
    ahead = in_preparation(now).filter(kind=MeetingKind.PIPELINE_REVIEW)
    made = Review.objects.filter(meeting=OuterRef("pk"))
    return list(ahead.exclude(Exists(made))[:AT_ONCE])
