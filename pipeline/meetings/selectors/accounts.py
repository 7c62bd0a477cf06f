"""What the page of an account review's meeting needs of the review."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from pipeline.accounts.models import AccountReview, AccountReviewItem
from rhythm.calendar.models import NEVER_BEGUN, Meeting, MeetingKind
from rhythm.people.models import User
from rhythm.web.addresses import address

# Kinds whose agenda is made for them.
REVIEWS = (MeetingKind.PIPELINE_REVIEW, MeetingKind.ACCOUNT_REVIEW)


def plans_on_agenda(meeting: Meeting, viewer: User) -> list[tuple[str, str, str]]:
    """Return account, address and reasons of the plans that `viewer` sees there.

    One query.
    """
    if meeting.kind != MeetingKind.ACCOUNT_REVIEW:
        return []
    items = AccountReviewItem.objects.visible_to(viewer)
    of_meeting = items.filter(review__meeting=meeting).select_related("plan__account")
    return [
        (
            each.plan.account.name,
            address("accounts:plan_detail", each.plan_id),
            " · ".join(reason["text"] for reason in each.reasons[:3]),
        )
        for each in of_meeting.order_by("position", "pk")
    ]


def account_room(meeting: Meeting) -> str:
    """Return where an account review is run or read; "" for others. One query."""
    if meeting.kind != MeetingKind.ACCOUNT_REVIEW or meeting.state in NEVER_BEGUN:
        return ""
    review = AccountReview.objects.filter(meeting=meeting).first()
    return review.get_absolute_url() if review else ""


def account_minutes(meeting: Meeting, held: Iterable[int]) -> dict[int, str]:
    """Return where the minutes of those held are, by meeting. One query."""
    if meeting.kind != MeetingKind.ACCOUNT_REVIEW:
        return {}
    reviews = AccountReview.objects.filter(meeting__in=list(held))
    return {
        of: reverse("accounts:review_minutes", args=[pk])
        for of, pk in reviews.values_list("meeting_id", "pk")
    }
