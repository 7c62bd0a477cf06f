"""The end of an account review in the team's chat channel: numbers, and a link."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import ngettext

from pipeline.accounts.models import AccountReview, AccountReviewItem
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.notices.models import Occasion
from rhythm.notices.services import Said, post_to_channels


def tell_channels(review: AccountReview, *, now: datetime) -> int:
    """Tell the team's channels that its review was held; return how many were told.

    What was said with one person alone is told to no channel.
    """
    meeting = review.meeting
    if meeting.team is None:
        return 0
    items = AccountReviewItem.objects.filter(review=review)
    plans = items.exclude(decision="").count()
    promised = Commitment.objects.filter(made_in=meeting)
    made = promised.exclude(state=CommitmentState.DROPPED).count()
    told = [
        ngettext("%(count)d account", "%(count)d accounts", plans) % {"count": plans},
        ngettext("%(count)d commitment", "%(count)d commitments", made)
        % {"count": made},
    ]
    said = Said(
        title=str(meeting),
        text=", ".join(told),
        url=reverse("accounts:review_minutes", args=[review.pk]),
    )
    key = f"accounts.minutes:{review.pk}"
    return post_to_channels(Occasion.MINUTES, said, key=key, team=meeting.team, now=now)
