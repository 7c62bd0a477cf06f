"""The list of reviews: to run, running, past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from pipeline.reviews.models import Review, ReviewItem
from rhythm.calendar.models import Meeting, MeetingState
from rhythm.people.models import User

PER_PAGE = 20
# Planned and running reviews of others that are shown at once.
MOST_CURRENT = 50


@dataclass(frozen=True)
class Row:
    """A review in the list."""

    pk: int
    subject: str
    chair: str
    starts_at: datetime
    ended_at: datetime | None
    minutes: int
    state: str
    state_label: str
    is_chair: bool
    url: str
    # Of the items that the viewer may see.
    talk: int = 0
    decided: int = 0
    skipped: int = 0
    took_minutes: int = 0

    @property
    def progress(self) -> str:
        """Return "7 of 12 decided" in words."""
        return _("%(done)d of %(talk)d done") % {
            "done": self.decided + self.skipped,
            "talk": self.talk,
        }


@dataclass(frozen=True)
class ReviewList:
    """What the list of reviews shows to one viewer."""

    running: Sequence[Row]
    planned: Sequence[Row]
    past: Sequence[Row]
    page: Page
    may_start: bool


def review_list(
    viewer: User, *, page: str | int | None, may_start: bool, now: datetime
) -> ReviewList:
    """Return the reviews that `viewer` may see. Six queries for any number."""
    visible = Review.objects.visible_to(viewer).select_related(
        "meeting", "meeting__team", "meeting__person", "meeting__chair"
    )
    visible = visible.select_related("meeting__deputy")
    current = list(
        (visible.in_progress() | visible.planned()).order_by("meeting__starts_at")[
            :MOST_CURRENT
        ]
    )
    past = Paginator(
        visible.past().order_by("-meeting__starts_at", "-pk"), PER_PAGE
    ).get_page(page)
    counts = _counts([*current, *past.object_list], viewer)
    rows = [_row(each, counts, viewer, now) for each in current]
    return ReviewList(
        running=[each for each in rows if each.state != MeetingState.PLANNED],
        planned=[each for each in rows if each.state == MeetingState.PLANNED],
        past=[_row(each, counts, viewer, now) for each in past.object_list],
        page=past,
        may_start=may_start,
    )


def _counts(reviews: Sequence[Review], viewer: User) -> dict[int, dict[str, Any]]:
    """Return how many visible items each review has, and how they stand."""
    items = ReviewItem.objects.visible_to(viewer).filter(
        review__in=[each.pk for each in reviews]
    )
    talk = Q(is_exception=False)
    rows = (
        items.order_by()
        .values("review_id")
        .annotate(
            talk=Count("pk", filter=talk | ~Q(decision="")),
            decided=Count("pk", filter=~Q(decision="")),
            skipped=Count("pk", filter=talk & ~Q(skip_reason="")),
        )
    )
    return {each["review_id"]: dict(each) for each in rows}


def _row(
    review: Review, counts: dict[int, dict[str, Any]], viewer: User, now: datetime
) -> Row:
    meeting: Meeting = review.meeting
    count = counts.get(review.pk, {})
    return Row(
        pk=review.pk,
        subject=meeting.subject,
        chair=meeting.runner.name,
        starts_at=meeting.started_at or meeting.starts_at,
        ended_at=meeting.ended_at,
        minutes=meeting.planned_minutes,
        state=meeting.state,
        state_label=str(MeetingState(meeting.state).label),
        is_chair=meeting.runner == viewer,
        url=review.get_absolute_url(),
        talk=count.get("talk", 0),
        decided=count.get("decided", 0),
        skipped=count.get("skipped", 0),
        took_minutes=round(review.seconds_at(now) / 60),
    )
