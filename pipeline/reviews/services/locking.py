"""Locks and checks that every change of a review shares.

The review's row is locked first, always; so two changes of one review wait for each
other and never block each other.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Opportunity
from pipeline.process.services import hold_process
from pipeline.reviews.models import Review, ReviewItem
from rhythm.calendar.models import Meeting, MeetingState
from rhythm.people.models import User


def locked(review: Review | int) -> Review:
    """Return the review as it is now, locked until the transaction ends."""
    pk = review if isinstance(review, int) else review.pk
    current = Review.objects.select_for_update().get(pk=pk)
    # Read after the wait: what a locking query joins is as old as its beginning.
    current.meeting = Meeting.objects.select_related(
        "chair", "deputy", "team", "person"
    ).get(pk=current.meeting_id)
    return current


def locked_item(item: ReviewItem) -> ReviewItem:
    """Return the item as it is now; it and its review are locked."""
    review = locked(item.review_id)
    ReviewItem.objects.select_for_update().get(pk=item.pk)
    current = ReviewItem.objects.select_related(
        "opportunity",
        "opportunity__owner",
        "opportunity__stage",
        "opportunity__account",
        "decision_commitment",
        "stage_before",
    ).get(pk=item.pk)
    current.review = review
    return current


def locked_item_in_process(item: ReviewItem) -> ReviewItem:
    """Return the item as `locked_item` does, for a decision that may move its deal.

    The process comes first, as where a stage is removed: that clears items as well.
    """
    deal = Opportunity.objects.only("process").get(pk=item.opportunity_id)
    hold_process(deal.process_id)
    return locked_item(item)


def require_chair(review: Review, by: User) -> None:
    """Raise PermissionDenied unless `by` holds the chair."""
    if not by.is_active or review.meeting.runner != by:
        raise PermissionDenied


def require_state(review: Review, *states: MeetingState) -> None:
    """Raise ValidationError unless the review's meeting is in one of `states`."""
    if review.meeting.state not in states:
        raise ValidationError(
            _("This review is %(state)s."),
            params={"state": MeetingState(review.meeting.state).label.lower()},
            code="state",
        )


def beat(review: Review, *fields: str, item: ReviewItem | None = None) -> None:
    """Save `fields` of a locked review and let those who follow along know.

    item is the one that changed, if only one did.
    """
    review.pulse = review.pulse + 1
    review.save(update_fields=["pulse", *fields])
    if item is not None:
        ReviewItem.objects.filter(pk=item.pk).update(beat=review.pulse)
