"""The agenda of an account review: made ahead of it, changed by its chair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef
from django.utils.translation import gettext as _

from pipeline.accounts.models import AccountPlan, AccountReview, AccountReviewItem
from pipeline.accounts.needs import Need, most_in_need, room_for
from pipeline.accounts.selectors.needs import (
    MOST_WEIGHED,
    compare_dates,
    needs_of,
    plans_of,
)
from pipeline.accounts.services.locking import locked_item
from rhythm.calendar import services as meetings
from rhythm.calendar.models import (
    BEFORE_ITS_END,
    IN_PROGRESS,
    STARTABLE,
    Meeting,
    MeetingKind,
)
from rhythm.calendar.selectors.preparing import in_preparation
from rhythm.calendar.services.course import (
    CLOCK,
    beat,
    locked,
    require_runner,
    start_clock,
)
from rhythm.calendar.services.locking import require
from rhythm.people.models import User

# Agendas that are made at one look; the next one, EVERY later, makes the others.
AT_ONCE = 500
MOST_ITEMS = 40


@transaction.atomic
def prepare(meeting: Meeting, *, now: datetime) -> AccountReview:
    """Return the review of a meeting, with the plans that are most in need now.

    One that was made before stays as it is. Where nobody has a plan, it is empty.

    Raises ValidationError for another kind of meeting, and for one that is over.
    """
    meeting = meetings.locked(meeting)
    made = AccountReview.objects.filter(meeting=meeting).first()
    if made:
        made.meeting = meeting
        return made
    if meeting.kind != MeetingKind.ACCOUNT_REVIEW or meeting.state not in STARTABLE:
        message = _("There is no account review to prepare.")
        raise ValidationError(message, code="state")
    review = AccountReview.objects.create(meeting=meeting)
    by = meeting.runner
    theirs = plans_of(meeting) & AccountPlan.objects.visible_to(by)
    oldest = F("last_reviewed_at").asc(nulls_first=True)
    plans = list(theirs.order_by(oldest, "pk")[:MOST_WEIGHED])
    needs = most_in_need(needs_of(plans, by, now))[: room_for(meeting.planned_minutes)]
    by_key = {each.pk: each for each in plans}
    chosen = [by_key[each.plan] for each in needs]
    AccountReviewItem.objects.bulk_create(_items(review, chosen, needs))
    return review


def to_prepare(now: datetime) -> list[Meeting]:
    """Return the called account reviews whose preparation begins now. One query."""
    ahead = in_preparation(now).filter(kind=MeetingKind.ACCOUNT_REVIEW)
    made = AccountReview.objects.filter(meeting=OuterRef("pk"))
    return list(ahead.exclude(Exists(made))[:AT_ONCE])


def _items(
    review: AccountReview,
    plans: Sequence[AccountPlan],
    needs: Sequence[Need],
    *,
    first: int = 1,
    is_added: bool = False,
) -> list[AccountReviewItem]:
    since = compare_dates(plans)
    reasons = {each.plan: each.reasons for each in needs}
    return [
        AccountReviewItem(
            review=review,
            plan=plan,
            position=position,
            is_added_by_hand=is_added,
            reasons=[each.as_json() for each in reasons.get(plan.pk, ())],
            compare_since=since[plan.pk],
        )
        for position, plan in enumerate(plans, first)
    ]


@transaction.atomic
def begin(review: AccountReview, *, by: User, now: datetime) -> AccountReview:
    """Start a review, planned or missed. One that runs already stays as it is."""
    review = require_runner(locked(review), by)
    if review.meeting.state in IN_PROGRESS:
        return review
    require(review.meeting, *STARTABLE)
    review.meeting = meetings.start(review.meeting, now=now)
    review.current_item = AccountReviewItem.objects.filter(review=review).first()
    start_clock(review, now)
    beat(review, "current_item", *CLOCK)
    return review


@transaction.atomic
def add_plan(
    review: AccountReview, plan: AccountPlan, *, by: User, now: datetime
) -> AccountReviewItem:
    """Put one more plan on the agenda, at its end. One that is there stays.

    Raises PermissionDenied unless the chair may see it, ValidationError if it is full.
    """
    review = require_runner(locked(review), by, *STARTABLE, *BEFORE_ITS_END)
    items = AccountReviewItem.objects.filter(review=review)
    there = items.filter(plan=plan).first()
    if there:
        return there
    if not AccountPlan.objects.visible_to(by).filter(pk=plan.pk).exists():
        raise PermissionDenied
    if items.count() >= MOST_ITEMS:
        raise ValidationError(_("The agenda is full."), code="full")
    last = items.aggregate(last=Max("position"))["last"] or 0
    theirs = plans_of(review.meeting).order_by("pk")[:MOST_WEIGHED]
    beside = list(theirs.values_list("account_id", flat=True))
    needs = needs_of([plan], by, now, beside=beside)
    item = _items(review, [plan], needs, first=last + 1, is_added=True)[0]
    item.save()
    if review.current_item_id is None and review.meeting.state in IN_PROGRESS:
        review.current_item = item
    beat(review, "current_item")
    return item


@transaction.atomic
def drop_plan(item: AccountReviewItem, *, by: User) -> None:
    """Take a plan from the agenda of a review that has not begun."""
    item = locked_item(item)
    review = require_runner(item.review, by, *STARTABLE)
    item.delete()
    beat(review)
