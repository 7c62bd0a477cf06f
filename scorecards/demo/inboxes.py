"""What the cast was told, and what they did with it: the last weeks are lived in."""

from __future__ import annotations

from datetime import timedelta

from pipeline.reviews.mailing import minutes_drafts
from pipeline.reviews.models import Review
from rhythm.commitments.models import Commitment
from rhythm.notices import services
from rhythm.notices.models import Notice
from rhythm.notices.services import Draft
from scorecards.demo.days import Days

# How many days ago somebody looked at what came, and was done with it.
READ, DONE = 2, 6
# Told of so many days back, so that nobody scrolls through two years.
BACK = 21


def fill(days: Days) -> None:
    """Tell of the reviews and promises of the last weeks; finish what is older."""
    _minutes(days)
    _promises(days)
    now = days.now
    Notice.objects.filter(arrived_at__lt=now - timedelta(days=READ)).update(read_at=now)
    Notice.objects.filter(arrived_at__lt=now - timedelta(days=DONE)).update(done_at=now)
    _put_off(days)


def _minutes(days: Days) -> None:
    since = days.ago(BACK)
    held = Review.objects.filter(meeting__ended_at__gte=since)
    for review in held.select_related("meeting__chair").order_by("pk"):
        ended = review.meeting.ended_at
        if ended is None:
            continue
        services.post(list(minutes_drafts(review, now=ended)), now=ended)


def _promises(days: Days) -> None:
    """Tell of what is due today, and what was due and is still open."""
    late = Commitment.objects.open().filter(
        due_on__lte=days.today, due_on__gte=days.on(-BACK)
    )
    for each in late.select_related("promiser").order_by("pk"):
        draft = Draft(
            kind="commitments.due",
            key=f"commitments.due:{each.pk}:{each.due_on}",
            recipient=each.promiser,
            subject=f"Due: {each.what}",
            text="",
            url=each.get_absolute_url(),
        )
        ago = (days.today - each.due_on).days
        services.post([draft], now=days.ago(ago, 7, 30))


def _put_off(days: Days) -> None:
    """Let everybody have put off the oldest thing that is open."""
    now = days.now
    open_ = Notice.objects.open(now).exclude(arrived_at=None)
    oldest = open_.order_by("recipient_id", "surfaced_at").distinct("recipient_id")
    for notice in oldest.exclude(recipient=None):
        services.snooze(notice, until=now + timedelta(days=3), now=now)
