"""An agenda comes to be: planned, begun, added to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from pipeline.reviews.agenda import by_weight
from pipeline.reviews.asking import prepare_drafts
from pipeline.reviews.models import Review, ReviewItem
from pipeline.reviews.selectors import scope
from pipeline.reviews.services.locking import locked_item
from rhythm.calendar import services as meetings
from rhythm.calendar.models import (
    BEFORE_ITS_END,
    IN_PROGRESS,
    STARTABLE,
    MeetingKind,
)
from rhythm.calendar.services.course import (
    CLOCK,
    beat,
    locked,
    require_runner,
    start_clock,
)
from rhythm.calendar.services.locking import require
from rhythm.notices.services import post
from rhythm.people.models import Team, User

# Deals of one agenda, exceptions included.
MOST_ITEMS = 150


@transaction.atomic
def plan(
    subject: Team | User,
    *,
    chair: User,
    starts_at: datetime,
    minutes: int,
    talk: Iterable[int],
    exceptions: Iterable[int] = (),
    added: Iterable[int] = (),
    now: datetime,
    submission_key: UUID | None = None,
) -> Review:
    """Return a planned review with an agenda of these deals.

    talk and exceptions are ids of open deals that `chair` may see; others are left
    out. Their order is that of their reasons; the deals `added` by hand follow. Each
    rep with deals on it is asked once to prepare them, unless it begins right now. The
    same submission_key again returns the review it made the first time.

    Raises ValidationError if nothing is on the agenda, or for a length out of range.
    """
    if submission_key:
        made = Review.objects.filter(submission_key=submission_key).first()
        if made:
            return made
    meeting = meetings.make_meeting(
        kind=MeetingKind.PIPELINE_REVIEW,
        subject=subject,
        chair=chair,
        starts_at=starts_at,
        minutes=minutes,
    )
    review = Review(meeting=meeting, submission_key=submission_key)
    Review.objects.bulk_create([review], ignore_conflicts=bool(submission_key))
    if submission_key:
        review = Review.objects.get(submission_key=submission_key)
        if review.meeting_id != meeting.pk:  # the same form, at the same moment
            meeting.delete()
            return review
    put_on_agenda(review, talk, exceptions, added, by=chair, now=now)
    if starts_at > now:
        post(prepare_drafts(review, meeting, now=now), now=now)
    return review


def put_on_agenda(
    review: Review,
    talk: Iterable[int],
    exceptions: Iterable[int],
    added: Iterable[int],
    *,
    by: User,
    now: datetime,
) -> None:
    """Write the items of a new review."""
    by_hand, to_talk = set(added), set(talk)
    wanted = to_talk | set(exceptions) | by_hand
    visible = Opportunity.objects.open().visible_to(by)
    deals = list(_with_stage(visible.filter(pk__in=wanted))[:MOST_ITEMS])
    if not deals:
        raise ValidationError(_("Choose at least one deal."), code="empty")
    ReviewItem.objects.bulk_create(
        _items(review, deals, to_talk | by_hand, by_hand, by=by, now=now)
    )


def _with_stage(deals: OpportunityQuerySet) -> OpportunityQuerySet:
    return deals.select_related("stage").order_by("pk")


def _items(
    review: Review,
    deals: Sequence[Opportunity],
    talk: set[int],
    by_hand: set[int],
    *,
    by: User,
    now: datetime,
    first: int = 1,
) -> list[ReviewItem]:
    since = scope.compare_dates(deals)
    weighed = by_weight(scope.candidates(deals, viewer=by, now=now))
    ordered = sorted(weighed, key=lambda each: each.deal in by_hand)
    return [
        ReviewItem(
            review=review,
            opportunity_id=each.deal,
            position=position,
            is_exception=each.deal not in talk,
            is_added_by_hand=each.deal in by_hand,
            reasons=[reason.as_json() for reason in each.reasons],
            compare_since=since[each.deal],
        )
        for position, each in enumerate(ordered, first)
    ]


@transaction.atomic
def begin(review: Review, *, by: User, now: datetime) -> Review:
    """Start a review, planned or missed: its reasons are found anew, its clock runs.

    Deals that closed since it was planned leave the agenda. One that runs already
    stays as it is.
    """
    review = require_runner(locked(review), by)
    if review.meeting.state in IN_PROGRESS:
        return review
    require(review.meeting, *STARTABLE)
    items = list(
        ReviewItem.objects.filter(review=review).select_related("opportunity__stage")
    )
    _refresh(items, by=by, now=now)
    kept = [each for each in items if each.opportunity.is_open]
    gone = [each.pk for each in items if not each.opportunity.is_open]
    ReviewItem.objects.filter(pk__in=gone).delete()
    review.meeting = meetings.start(review.meeting, now=now)
    review.current_item = kept[0] if kept else None
    start_clock(review, now)
    beat(review, "current_item", *CLOCK)
    return review


def _refresh(items: Sequence[ReviewItem], *, by: User, now: datetime) -> None:
    deals = [each.opportunity for each in items if each.opportunity.is_open]
    since = scope.compare_dates(deals)
    reasons = scope.reasons_for(deals, since, viewer=by, now=now)
    for item in items:
        if item.opportunity_id in reasons:
            found = reasons[item.opportunity_id]
            item.reasons = [each.as_json() for each in found]
            item.compare_since = since[item.opportunity_id]
    ReviewItem.objects.bulk_update(items, ["reasons", "compare_since"])


@transaction.atomic
def add_deal(
    review: Review, deal: Opportunity, *, by: User, now: datetime
) -> ReviewItem:
    """Put one more deal on the agenda, at its end. One that is there stays.

    Raises PermissionDenied unless the chair may see it, ValidationError if it is
    closed or the agenda is full.
    """
    review = require_runner(locked(review), by, *BEFORE_ITS_END)
    items = ReviewItem.objects.filter(review=review)
    present = items.filter(opportunity=deal).first()
    if present:
        return talk_about(present, by=by)
    if not Opportunity.objects.visible_to(by).filter(pk=deal.pk).exists():
        raise PermissionDenied
    if not deal.is_open:
        raise ValidationError(_("This deal is closed."), code="closed")
    if items.count() >= MOST_ITEMS:
        raise ValidationError(_("The agenda is full."), code="full")
    last = items.aggregate(last=Max("position"))["last"] or 0
    ids = {deal.pk}
    item = _items(review, [deal], ids, ids, by=by, now=now, first=last + 1)[0]
    item.save()
    if review.current_item_id is None and review.meeting.state in IN_PROGRESS:
        review.current_item = item
    beat(review, "current_item")
    return item


@transaction.atomic
def talk_about(item: ReviewItem, *, by: User) -> ReviewItem:
    """Take a deal from the exceptions onto the agenda proper."""
    item = locked_item(item)
    require_runner(item.review, by, *BEFORE_ITS_END)
    if item.is_exception:
        item.is_exception = False
        item.version += 1
        item.save(update_fields=["is_exception", "version"])
        beat(item.review, item=item)
    return item
