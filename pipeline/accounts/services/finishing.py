"""The end of an account review: nothing undecided, minutes sent, plans reviewed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import ngettext

from pipeline.accounts.mailing import minutes_drafts
from pipeline.accounts.models import (
    AccountPlan,
    AccountReview,
    AccountReviewItem,
    AccountReviewItemQuerySet,
)
from pipeline.accounts.telling import tell_channels
from rhythm.calendar import services as meetings
from rhythm.calendar.models import IN_PROGRESS, Meeting, MeetingState
from rhythm.calendar.selectors.following import next_on
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

# Without a rule that says when, a plan is looked at again in a quarter.
UNTIL_NEXT = timedelta(days=91)


@transaction.atomic
def finish(
    review: AccountReview, *, by: User, now: datetime, skip_rest: str | None = None
) -> AccountReview:
    """End the review, post its minutes, and mark the decided plans as reviewed.

    skip_rest is the reason to skip what has no decision; None skips nothing.
    Finishing a finished review changes nothing.

    Raises Undecided, or ValidationError if the reason is missing or too long.
    """
    review = require_runner(locked(review), by)
    if review.meeting.state == MeetingState.HELD:
        return review
    require(review.meeting, *IN_PROGRESS)
    items = AccountReviewItem.objects.filter(review=review)
    if skip_rest is not None:
        _skip(items, reason_to_skip(skip_rest))
    undecided = list(items.undecided())
    if undecided:
        raise Undecided(undecided, _undecided(len(undecided)))
    stop_clock(review, now)
    review.current_item = None
    review.meeting = meetings.hold(review.meeting, now=now)
    beat(review, "current_item", *CLOCK)
    _mark_reviewed(review, now)
    notices.post(minutes_drafts(review), now=now)
    tell_channels(review, now=now)
    return review


def _undecided(count: int) -> str:
    return ngettext(
        "%(count)s account has no decision yet.",
        "%(count)s accounts have no decision yet.",
        count,
    )


def _skip(items: AccountReviewItemQuerySet, reason: str) -> None:
    # Whoever decides waits for the review, which is locked.
    items.undecided().update(skip_reason=reason, version=F("version") + 1)


def _mark_reviewed(review: AccountReview, now: datetime) -> None:
    """Say on each decided plan when it was reviewed, and when it is next."""
    due = next_review_on(review.meeting, by=review.meeting.runner, now=now)
    decided = AccountReviewItem.objects.filter(review=review).exclude(decision="")
    plans = AccountPlan.objects.select_for_update(of=("self",)).filter(
        pk__in=decided.order_by().values("plan")
    )
    found = list(plans.order_by("pk").values_list("pk", flat=True))
    AccountPlan.objects.filter(pk__in=found).update(
        last_reviewed_at=now, next_review_on=due, version=F("version") + 1
    )


def next_review_on(meeting: Meeting, *, by: User, now: datetime) -> date:
    """Return the day of the next meeting of its kind with the same people.

    That is the one that is planned, else the next day of its rule, else in a quarter.
    """
    today = by.today(now)
    planned = Meeting.objects.filter(
        kind=meeting.kind,
        state=MeetingState.PLANNED,
        team=meeting.team_id,
        person=meeting.person_id,
        starts_at__gt=max(now, meeting.starts_at),
    )
    following = planned.order_by("starts_at", "pk").first()
    if following:
        return by.today(following.starts_at)
    day = next_on(meeting, max(today, by.today(meeting.starts_at)))
    return day or today + UNTIL_NEXT
