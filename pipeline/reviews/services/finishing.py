"""The end of a review: nothing undecided, and the minutes on their way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.reviews.mailing import minutes_drafts
from pipeline.reviews.models import Review, ReviewItem
from pipeline.reviews.services.locking import (
    beat,
    locked,
    require_chair,
    require_state,
)
from pipeline.reviews.services.running import CLOCK, stop_clock
from pipeline.reviews.telling import tell_channels
from rhythm.calendar import services as meetings
from rhythm.calendar.models import IN_PROGRESS, MeetingState
from rhythm.notices import services as notices
from rhythm.people.models import User

LONGEST_REASON = 300


class Undecided(ValidationError):
    """Deals on the agenda have neither a decision nor a reason to skip: `items`."""

    def __init__(self, items: Sequence[ReviewItem]) -> None:
        count = len(items)
        super().__init__(
            ngettext(
                "%(count)s deal has no decision yet.",
                "%(count)s deals have no decision yet.",
                count,
            ),
            params={"count": count},
            code="undecided",
        )
        self.items = list(items)


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
    review = locked(review)
    require_chair(review, by)
    if review.meeting.state == MeetingState.HELD:
        return review
    require_state(review, *IN_PROGRESS)
    if skip_rest is not None:
        _skip_rest(review, skip_rest)
    undecided = list(ReviewItem.objects.filter(review=review).undecided())
    if undecided:
        raise Undecided(undecided)
    stop_clock(review, now)
    review.current_item = None
    review.meeting = meetings.hold(review.meeting, now=now)
    beat(review, "current_item", *CLOCK)
    notices.post(minutes_drafts(review, now=now), now=now)
    tell_channels(review, now=now)
    return review


def _skip_rest(review: Review, reason: str) -> None:
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why the rest is skipped.")})
    if len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": _("Keep the reason below 300 letters.")})
    rest = ReviewItem.objects.filter(review=review).undecided()
    for item in rest.select_for_update():
        item.skip_reason = reason
        item.version += 1
        item.save(update_fields=["skip_reason", "version"])
