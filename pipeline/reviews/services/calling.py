"""Reviews of meetings that the calendar called."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import (
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Value,
)
from django.utils.translation import gettext as _

from pipeline.reviews.models import Review
from pipeline.reviews.selectors.proposal import propose_for
from pipeline.reviews.services.agenda import put_on_agenda
from rhythm.calendar import services as meetings
from rhythm.calendar.models import STARTABLE, Meeting, MeetingKind, MeetingState
from rhythm.people.models import Team, User

# Agendas that one tick makes; the next one makes the others.
AT_ONCE = 50


@transaction.atomic
def prepare(meeting: Meeting, *, now: datetime) -> Review:
    """Return the review of a called meeting, with the agenda that is proposed now.

    One that was made before stays as it is. Where no deal is open, the agenda is empty.

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
    return review


def to_prepare(now: datetime) -> list[Meeting]:
    """Return the called reviews whose preparation begins now. One query."""
    lead = ExpressionWrapper(
        F("cadence__prepare_hours") * Value(timedelta(hours=1)), DurationField()
    )
    ahead = Meeting.objects.filter(
        kind=MeetingKind.PIPELINE_REVIEW,
        state=MeetingState.PLANNED,
        cadence__isnull=False,
        starts_at__gt=now,
        starts_at__lte=Value(now) + lead,
    )
    made = Review.objects.filter(meeting=OuterRef("pk"))
    return list(ahead.exclude(Exists(made)).order_by("starts_at", "pk")[:AT_ONCE])
