"""The course of a review: its clock, its place, its chair."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pipeline.reviews.models import Review, ReviewItem
from pipeline.reviews.services.locking import (
    beat,
    locked,
    require_chair,
    require_state,
)
from rhythm.calendar import services as meetings
from rhythm.calendar.models import BEFORE_ITS_END, IN_PROGRESS, Meeting, MeetingState
from rhythm.people.models import User

CLOCK = ("elapsed_seconds", "running_since", "current_since")


@transaction.atomic
def pause(review: Review, *, by: User, now: datetime) -> Review:
    """Let the clock rest. A review that rests already stays as it is."""
    review = locked(review)
    require_chair(review, by)
    require_state(review, *IN_PROGRESS)
    if review.meeting.state == MeetingState.PAUSED:
        return review
    review.meeting = meetings.pause(review.meeting)
    stop_clock(review, now)
    beat(review, *CLOCK)
    return review


@transaction.atomic
def resume(review: Review, *, by: User, now: datetime) -> Review:
    """Let the clock go on. A review that runs already stays as it is."""
    review = locked(review)
    require_chair(review, by)
    require_state(review, *IN_PROGRESS)
    if review.meeting.state == MeetingState.RUNNING:
        return review
    review.meeting = meetings.resume(review.meeting)
    start_clock(review, now)
    beat(review, *CLOCK)
    return review


@transaction.atomic
def abandon(review: Review, reason: str, *, by: User, now: datetime) -> Review:
    """End the review before its end. What was decided stays; no minutes go out.

    Raises ValidationError without a reason.
    """
    review = locked(review)
    require_chair(review, by)
    if review.meeting.state == MeetingState.ABANDONED:
        return review
    require_state(review, *BEFORE_ITS_END)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it ends here.")})
    review.abandon_reason = reason.strip()
    review.clean_fields(exclude=["meeting", "current_item"])
    review.meeting = meetings.abandon(review.meeting, now=now)
    stop_clock(review, now)
    beat(review, "abandon_reason", *CLOCK)
    return review


@transaction.atomic
def hand_over(review: Review, *, to: User, by: User) -> Review:
    """Give the chair to a deputy, who then sees every deal on the agenda."""
    review = locked(review)
    require_chair(review, by)
    require_state(review, *BEFORE_ITS_END)
    review.meeting = meetings.hand_over(review.meeting, to=to)
    beat(review)
    return review


@transaction.atomic
def claim(review: Review, *, by: User) -> Review:
    """Take the chair from somebody who cannot go on, or whom `by` leads.

    Raises PermissionDenied if `by` may not.
    """
    review = locked(review)
    if review.meeting.runner == by:
        return review
    if not Meeting.objects.claimable_by(by).filter(pk=review.meeting_id).exists():
        raise PermissionDenied
    review.meeting = meetings.hand_over(review.meeting, to=by)
    beat(review)
    return review


@transaction.atomic
def go_to(item: ReviewItem, *, by: User, now: datetime) -> Review:
    """Note that the chair is at this deal now; those who follow along go there too."""
    review = locked(item.review_id)
    require_chair(review, by)
    if review.meeting.state in IN_PROGRESS and review.current_item_id != item.pk:
        move_to(review, item.pk, now)
        beat(review, "current_item", "current_since")
    return review


def move_to(review: Review, item_id: int | None, now: datetime) -> None:
    """Put the time at the present deal on its account, and go to another one.

    Changes the locked review and leaves saving it to the caller.
    """
    _book(review, now)
    review.current_item_id = item_id
    review.current_since = now if review.running_since else None


def start_clock(review: Review, now: datetime) -> None:
    """Let the clock run from `now`; the caller saves CLOCK."""
    review.running_since = now
    review.current_since = now


def stop_clock(review: Review, now: datetime) -> None:
    """Let the clock rest from `now`; the caller saves CLOCK."""
    _book(review, now)
    review.elapsed_seconds = review.seconds_at(now)
    review.running_since = review.current_since = None


def _book(review: Review, now: datetime) -> None:
    if review.current_item_id and review.current_since:
        seconds = max(int((now - review.current_since).total_seconds()), 0)
        ReviewItem.objects.filter(pk=review.current_item_id).update(
            seconds=F("seconds") + seconds
        )
