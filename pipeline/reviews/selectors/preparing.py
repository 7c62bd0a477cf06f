"""What reps write of their deals before a review: to fill in, and how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.opportunities.reasons import Reason
from pipeline.reviews.models import PREPARED, ItemQuerySet, Review, ReviewItem
from pipeline.reviews.words import PREPARED_WORDS
from rhythm.calendar.models import OVER, Meeting
from rhythm.people.models import User
from rhythm.web import formats
from rhythm.web.addresses import address

# Due so long before the review, or at half of the time that there was.
DUE_BEFORE = timedelta(hours=18)


@dataclass(frozen=True)
class Share:
    """How far one person is. `done` of `deals` have what the review needs."""

    owner_id: int
    name: str
    done: int
    deals: int

    @property
    def is_done(self) -> bool:
        return self.done == self.deals

    @property
    def words(self) -> str:
        """Return "2 of 3"."""
        return _("%(done)d of %(deals)d") % {"done": self.done, "deals": self.deals}


@dataclass(frozen=True)
class Preparing:
    """The preparation of a review as one viewer sees it."""

    url: str
    due: str
    is_overdue: bool
    mine: Share | None
    # Everybody who has something to prepare; only the chair gets them.
    people: Sequence[Share]


@dataclass(frozen=True)
class PrepareDeal:
    """One of the own deals on the agenda."""

    pk: int
    version: int
    title: str
    deal: str
    url: str
    amount: str
    close: str
    reasons: Sequence[Reason]
    since: str
    values: dict[str, str]
    is_done: bool


@dataclass(frozen=True)
class PreparePage:
    """What the page "Prepare" shows."""

    review_pk: int
    title: str
    meeting_url: str
    when: str
    due: str
    is_overdue: bool
    deals: Sequence[PrepareDeal]
    is_open: bool

    @property
    def done(self) -> int:
        return sum(each.is_done for each in self.deals)

    @property
    def is_done(self) -> bool:
        return self.done == len(self.deals)


def due_at(meeting: Meeting) -> datetime:
    """Return until when its people have prepared it.

    18 hours before it begins, or at half of its preparation's lead, whichever is later;
    of one that no rule called, when it begins.
    """
    if meeting.cadence is None:
        return meeting.starts_at
    lead = timedelta(hours=meeting.cadence.prepare_hours)
    return meeting.starts_at - min(DUE_BEFORE, lead / 2)


def own_items(review: Review, person: User) -> ItemQuerySet:
    """Return the person's own deals to be talked about, in the order of the agenda."""
    return (
        ReviewItem.objects.filter(
            review=review, opportunity__owner=person, is_exception=False
        )
        .select_related("opportunity__account")
        .order_by("position", "pk")
    )


def shares(review: Review) -> list[Share]:
    """Return how far everybody is who has deals to be talked about. One query."""
    found = (
        ReviewItem.objects.filter(review=review, is_exception=False)
        .order_by("opportunity__owner__name", "opportunity__owner")
        .values_list("opportunity__owner", "opportunity__owner__name")
        .annotate(done=Count("pk", filter=PREPARED), deals=Count("pk"))
    )
    return [Share(*each) for each in found]


def preparing(
    review: Review, viewer: User, *, now: datetime, meeting: Meeting | None = None
) -> Preparing | None:
    """Return who has prepared a review, and what the viewer has. One query.

    None where there is nothing to prepare for the viewer to see. meeting comes with its
    cadence.
    """
    meeting = meeting or review.meeting
    if meeting.state in OVER:
        return None
    found = shares(review)
    mine = next((each for each in found if each.owner_id == viewer.pk), None)
    people = found if meeting.runner == viewer else []
    if not (mine or people):
        return None
    due = due_at(meeting)
    return Preparing(
        url=reverse("reviews:review_prepare", args=[review.pk]),
        due=_day_clock(due, viewer, now),
        is_overdue=due <= now,
        mine=mine,
        people=people,
    )


def prepare_page(review: Review, viewer: User, *, now: datetime) -> PreparePage:
    """Return the page on which the viewer prepares the own deals. One query."""
    meeting = review.meeting
    due = due_at(meeting)
    return PreparePage(
        review_pk=review.pk,
        title=str(meeting),
        meeting_url=meeting.get_absolute_url(),
        when=_day_clock(meeting.starts_at, viewer, now),
        due=_day_clock(due, viewer, now),
        is_overdue=due <= now,
        deals=[_deal(each, viewer, now) for each in own_items(review, viewer)],
        is_open=meeting.state not in OVER,
    )


def _deal(item: ReviewItem, viewer: User, now: datetime) -> PrepareDeal:
    deal, today = item.opportunity, viewer.today(now)
    return PrepareDeal(
        pk=item.pk,
        version=item.prep_version,
        title=deal.headline,
        deal=deal.byline,
        url=address("opportunities:opportunity_detail", deal.pk),
        amount=formats.money(deal.amount, viewer.organisation.currency),
        close=formats.day(deal.close_on, today),
        reasons=[Reason.from_json(each) for each in item.reasons],
        since=formats.day(viewer.today(item.compare_since), today),
        values={name: getattr(item, name) for name in PREPARED_WORDS},
        is_done=item.is_prepared,
    )


def prepared_words(item: ReviewItem) -> list[tuple[str, str]]:
    """Return what its owner wrote, each with its heading; nothing that is empty."""
    return [
        (str(label), text)
        for name, label in PREPARED_WORDS.items()
        if (text := getattr(item, name))
    ]


def _day_clock(moment: datetime, viewer: User, now: datetime) -> str:
    local = moment.astimezone(ZoneInfo(viewer.time_zone))
    return formats.day_clock(local, viewer.today(now))
