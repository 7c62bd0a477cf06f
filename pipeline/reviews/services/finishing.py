"""The end of a review: nothing undecided, and the minutes on their way."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import ngettext

from pipeline.reviews.mailing import minutes_drafts
from pipeline.reviews.models import Review, ReviewItem
from pipeline.reviews.telling import tell_channels
from rhythm.calendar import services as meetings
from rhythm.calendar.models import IN_PROGRESS, MeetingState
from rhythm.calendar.services.course import (
    CLOCK,
    beat,
    locked,
    require_runner,
    stop_clock,
)
from rhythm.calendar.services.ending import Undecided, reason_to_skip
from rhythm.calendar.services.locking import require
from rhythm.notices import services as notices
from rhythm.people.models import User


@transaction.atomic
def finish(
    review: Review, *, by: User, now: datetime, skip_rest: str | None = None
) -> Review:
    """End the review and post its minutes to everybody concerned, in one change.

    The team's chat channels read its numbers.

    skip_rest is the reason to skip what has no decision; None skips nothing.
    Finishing a finished review changes nothing.

    Raises Undecided, or ValidationError if the reason is missing.
    """
    review = require_runner(locked(review), by)
    if review.meeting.state == MeetingState.HELD:
        return review
    require(review.meeting, *IN_PROGRESS)
    if skip_rest is not None:
        _skip_rest(review, reason_to_skip(skip_rest))
    undecided = list(ReviewItem.objects.filter(review=review).undecided())
    if undecided:
        message = ngettext(
            "%(count)s deal has no decision yet.",
            "%(count)s deals have no decision yet.",
            len(undecided),
        )
        raise Undecided(undecided, message)
    stop_clock(review, now)
    review.current_item = None
    review.meeting = meetings.hold(review.meeting, now=now)
    beat(review, "current_item", *CLOCK)
    notices.post(minutes_drafts(review, now=now), now=now)
    tell_channels(review, now=now)
    return review


def _skip_rest(review: Review, reason: str) -> None:
    rest = ReviewItem.objects.filter(review=review).undecided()
    for item in rest.select_for_update():
        item.skip_reason = reason
        item.version += 1
        item.save(update_fields=["skip_reason", "version"])
