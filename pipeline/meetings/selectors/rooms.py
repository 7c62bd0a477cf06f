"""Where a meeting is run or read: its agenda, its room, its minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.reviews.models import Review, ReviewItem
from pipeline.runner.models import ELSEWHERE, Run
from pipeline.runner.rooms import sees_room
from pipeline.runner.selectors.room import AgendaRow, planned_agenda
from rhythm.calendar.models import (
    IN_PROGRESS,
    NEVER_BEGUN,
    STARTABLE,
    Meeting,
    MeetingKind,
    MeetingState,
)
from rhythm.people.models import User
from rhythm.web.addresses import address

MOST_DEALS = 12


@dataclass(frozen=True)
class AgendaDeal:
    """A deal on the agenda of a review, as far as the viewer sees it."""

    title: str
    url: str
    why: str


def agenda_of(review: Review | None, viewer: User) -> tuple[list[AgendaDeal], int]:
    """Return the deals that the viewer sees on the agenda, and how many more."""
    if review is None:
        return [], 0
    items = list(
        ReviewItem.objects.visible_to(viewer)
        .filter(review=review, is_exception=False)
        .select_related("opportunity__account")
        .order_by("position", "pk")
    )
    shown = [
        AgendaDeal(
            title=each.opportunity.full_name,
            url=address("opportunities:opportunity_detail", each.opportunity_id),
            why=" · ".join(reason["text"] for reason in each.reasons[:3]),
        )
        for each in items[:MOST_DEALS]
    ]
    return shown, max(len(items) - MOST_DEALS, 0)


def run_of(meeting: Meeting, viewer: User) -> tuple[Run | None, list[AgendaRow]]:
    """Return how a meeting with a room is run, and its blocks. Four queries.

    Who knows of it without being in it gets no run, and the blocks that its rule gives.
    """
    if meeting.kind in ELSEWHERE:
        return None, []
    is_ahead = meeting.state in (*STARTABLE, *IN_PROGRESS)
    if not sees_room(meeting, viewer):
        is_of_two = meeting.kind == MeetingKind.ONE_ON_ONE
        known = is_ahead and not is_of_two
        return None, planned_agenda(meeting, None, viewer) if known else []
    run = Run.objects.filter(meeting=meeting).first()
    if run is not None:
        run.meeting = meeting
    return run, planned_agenda(meeting, run, viewer) if is_ahead or run else []


def room_of(
    meeting: Meeting, review: Review | None, run: Run | None
) -> tuple[str, str]:
    """Return where the meeting is run or read, and what that is called."""
    state = meeting.state
    if review is not None:
        return (
            ("", "") if state in NEVER_BEGUN else (review.get_absolute_url(), _("Open"))
        )
    if run is None or state in (*NEVER_BEGUN, MeetingState.ABANDONED):
        return "", ""
    url = run.get_absolute_url()
    if state == MeetingState.HELD:
        return reverse("runner:minutes", args=[meeting.pk]), _("Minutes")
    return url, _("Enter the room") if state in IN_PROGRESS else _("To the room")


def minutes_of(
    meeting: Meeting, found: Sequence[Meeting], viewer: User
) -> dict[int, str]:
    """Return where the minutes of those held are, by meeting. One query."""
    held = [each.pk for each in found if each.state == MeetingState.HELD]
    if meeting.kind == MeetingKind.PIPELINE_REVIEW:
        reviews = Review.objects.filter(meeting__in=held)
        return {
            of: reverse("reviews:review_minutes", args=[pk])
            for of, pk in reviews.values_list("meeting_id", "pk")
        }
    runs = Run.objects.visible_to(viewer).filter(meeting__in=held)
    return {
        of: reverse("runner:minutes", args=[of])
        for of in runs.values_list("meeting_id", flat=True)
    }
