"""Who may be told of an account review. Each function reads, none changes."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from pipeline.accounts.models import AccountPlan, AccountReview, AccountReviewItem
from rhythm.people.models import User

# The word for it in settings.NOTICE_GUARDS.
GUARD = "account_review"


def still_open_to(person: User, review_ids: Sequence[int]) -> set[int]:
    """Return those of the reviews whose minutes `person` may have now. One query.

    Asked right before they are sent, and when they are shown: the person may have left
    the team meanwhile, and the accounts may have gone to others.
    """
    plans = AccountPlan.objects.visible_to(person)
    of_plans = AccountReviewItem.objects.filter(plan__in=plans).values("review")
    chaired = AccountReview.objects.editable_by(person)
    found = AccountReview.objects.filter(Q(pk__in=chaired) | Q(pk__in=of_plans))
    return set(found.filter(pk__in=review_ids).values_list("pk", flat=True))
