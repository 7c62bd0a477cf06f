"""The end of a review in the team's chat channel: numbers, and a link."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import ngettext

from pipeline.reviews.models import Review, ReviewItem
from rhythm.calendar.models import Meeting
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.notices.models import Occasion
from rhythm.notices.services import Said, post_to_channels
from rhythm.people.models import Membership, Team


def tell_channels(review: Review, *, now: datetime) -> int:
    """Tell the team's channels that its review was held; return how many were told.

    What was said with one person alone is told to no channel.
    """
    meeting = review.meeting
    if meeting.team is None:
        return 0
    numbers = _numbers(review, meeting)
    names = ", ".join(_names(review, meeting.team))
    return post_to_channels(
        Occasion.MINUTES,
        numbers,
        key=f"reviews.minutes:{review.pk}",
        team=meeting.team,
        now=now,
        named=replace(numbers, text=f"{numbers.text}\n{names}") if names else None,
    )


def _numbers(review: Review, meeting: Meeting) -> Said:
    deals = ReviewItem.objects.filter(review=review).exclude(decision="").count()
    promised = Commitment.objects.filter(made_in=meeting)
    made = promised.exclude(state=CommitmentState.DROPPED).count()
    told = [
        ngettext("%(count)d deal", "%(count)d deals", deals) % {"count": deals},
        ngettext("%(count)d commitment", "%(count)d commitments", made)
        % {"count": made},
    ]
    return Said(
        title=str(meeting),
        text=", ".join(told),
        url=reverse("reviews:review_minutes", args=[review.pk]),
    )


def _names(review: Review, team: Team) -> list[str]:
    """Return what the decided deals of the team's own people are called."""
    own = Membership.objects.below(team.pk)
    items = ReviewItem.objects.filter(review=review).exclude(decision="")
    found = items.filter(opportunity__owner__in=own.values("user")).select_related(
        "opportunity__account"
    )
    deals = [each.opportunity for each in found.order_by("position")]
    return [each.headline for each in deals]
