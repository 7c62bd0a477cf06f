"""Meetings of the same sort with the same people, one after the other."""

from __future__ import annotations

from django.db.models import Q, QuerySet, Subquery

from rhythm.calendar.models import Meeting, MeetingKind, MeetingQuerySet, MeetingState
from rhythm.commitments.models import (
    Commitment,
    CommitmentQuerySet,
    CommitmentState,
)
from rhythm.people.models import User


def series(meeting: Meeting) -> Q:
    """Return what holds for meetings of the same sort with the same people.

    A 1:1 has two sides: who has another one with somebody else has another series.
    """
    whom = Q(team=meeting.team_id, person=meeting.person_id)
    if meeting.kind == MeetingKind.ONE_ON_ONE:
        whom &= Q(chair=meeting.chair_id)
    if meeting.cadence_id:
        return whom & (Q(cadence=meeting.cadence_id) | Q(kind=meeting.kind))
    return whom & Q(kind=meeting.kind)


def before(meeting: Meeting) -> MeetingQuerySet:
    """Return those of the series that came before it, whatever became of them."""
    return Meeting.objects.filter(
        series(meeting), starts_at__lt=meeting.starts_at
    ).exclude(pk=meeting.pk)


def last_held(meeting: Meeting) -> QuerySet[Meeting]:
    """Return the one before it that was held, as a query of at most one."""
    held = before(meeting).filter(state=MeetingState.HELD)
    return held.order_by("-starts_at", "-pk")[:1]


def carried(meeting: Meeting) -> Q:
    """Return what holds for the commitments that the meeting looks at first.

    Those made in the last one that was held, whatever became of them, and older ones
    that are still open. What was dropped is done with.
    """
    earlier = before(meeting).order_by().values("pk")
    last = last_held(meeting).values("pk")
    return (
        Q(made_in__in=earlier, state=CommitmentState.OPEN) | Q(made_in=Subquery(last))
    ) & ~Q(state=CommitmentState.DROPPED)


def made_in(meeting: Meeting) -> CommitmentQuerySet:
    """Return what was promised in it, those due first first."""
    made = Commitment.objects.filter(made_in=meeting)
    return made.exclude(state=CommitmentState.DROPPED).order_by("due_on", "pk")


def promised_in(meeting: Meeting, viewer: User) -> CommitmentQuerySet:
    """Return what was promised in it, as far as `viewer` may see it."""
    return made_in(meeting).visible_to(viewer).select_related("promiser")
