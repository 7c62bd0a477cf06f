"""Runs of meetings: their blocks are frozen once, when preparation or they begin."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    When,
)
from django.utils.translation import gettext as _

from pipeline.runner.agenda import parts_of
from pipeline.runner.models import ELSEWHERE, Block, Run
from rhythm.calendar import services as meetings
from rhythm.calendar.models import BEFORE_ITS_END, STARTABLE, Meeting, MeetingKind
from rhythm.calendar.selectors.preparing import in_preparation

# Agendas that are made at one look; the next one, EVERY later, makes the others.
AT_ONCE = 500


@transaction.atomic
def prepare(meeting: Meeting) -> Run:
    """Return the run of a meeting, with the blocks that its agenda has now.

    One that was made before stays as it is, whatever became of the agenda.

    Raises ValidationError for a kind with a room of its own, and for one that is over.
    """
    # Without the meeting's lock: whoever changes a run has that of the run first.
    made = Run.objects.select_related("meeting").filter(meeting=meeting).first()
    if made:
        return made
    current = meetings.locked(meeting)
    made = Run.objects.filter(meeting=current).first()
    if made:
        made.meeting = current
        return made
    if current.kind in ELSEWHERE or current.state not in (*STARTABLE, *BEFORE_ITS_END):
        raise ValidationError(_("There is nothing to prepare."), code="state")
    run = Run.objects.create(meeting=current)
    Block.objects.bulk_create(
        Block(
            run=run,
            position=position,
            kind=part.kind,
            title=part.title,
            minutes=part.minutes,
            how=part.how,
        )
        for position, part in enumerate(parts_of(current), 1)
    )
    return run


def to_prepare(now: datetime) -> list[Meeting]:
    """Return the called meetings whose preparation begins now. One query.

    A huddle in writing is among them until everybody was asked: its blocks may be made
    before, by whoever answers first.
    """
    in_writing = Q(kind=MeetingKind.HUDDLE, cadence__is_async=True)
    ahead = (
        in_preparation(now)
        .exclude(kind__in=ELSEWHERE)
        .alias(is_in_writing=Case(When(in_writing, then=True), default=False))
    )
    done = (
        Run.objects.filter(meeting=OuterRef("pk"))
        .alias(
            is_in_writing=ExpressionWrapper(OuterRef("is_in_writing"), BooleanField())
        )
        .filter(Q(asked_at__isnull=False) | Q(is_in_writing=False))
    )
    return list(ahead.exclude(Exists(done))[:AT_ONCE])
