"""One item of an account review under its lock, and that of its review."""

from __future__ import annotations

from pipeline.accounts.models import AccountReview, AccountReviewItem
from rhythm.calendar.services.course import locked


def locked_item(item: AccountReviewItem) -> AccountReviewItem:
    """Return the item as it is now; it and its review are locked."""
    review = locked(AccountReview, item.review_id)
    items = AccountReviewItem.objects.select_for_update(of=("self",))
    current = items.select_related("plan__account", "plan__owner").get(pk=item.pk)
    current.review = review
    return current
