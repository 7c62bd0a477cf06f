"""One item of a review under its lock, and that of its review."""

from __future__ import annotations

from pipeline.opportunities.models import Opportunity
from pipeline.process.services import hold_process
from pipeline.reviews.models import Review, ReviewItem
from rhythm.calendar.services.course import locked


def locked_item(item: ReviewItem) -> ReviewItem:
    """Return the item as it is now; it and its review are locked."""
    review = locked(Review, item.review_id)
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
