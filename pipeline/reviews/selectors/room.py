"""Review mode around the deal: who is here, the queue, the progress, the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Case, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.opportunities.models import AmountSource, Opportunity
from pipeline.opportunities.reasons import Reason
from pipeline.reviews.agenda import MINUTES_PER_DEAL
from pipeline.reviews.models import ItemQuerySet, Review, ReviewItem
from pipeline.reviews.words import Look, look_of
from rhythm.calendar.models import OVER, MeetingState
from rhythm.people.models import User
from rhythm.web import formats
from rhythm.web.addresses import addresses

REASONS_IN_QUEUE = 3


@dataclass(frozen=True)
class QueueRow:
    """A deal in the queue."""

    pk: int
    url: str
    number: int
    title: str
    deal: str
    amount: str
    is_list_price: bool
    look: Look | None
    reasons: Sequence[Reason]
    is_exception: bool
    is_current: bool

    @property
    def is_done(self) -> bool:
        return self.look is not None


@dataclass(frozen=True)
class Room:
    """The frame of review mode as one viewer sees it."""

    pk: int
    title: str
    subtitle: str
    state: str
    is_chair: bool
    is_running: bool
    is_over: bool
    chair: str
    seconds: int
    clock: str
    planned: str
    is_late: bool
    deal_seconds: int
    deal_clock: str
    # True while the clock counts the shown deal.
    is_deal_running: bool
    talk: Sequence[QueueRow]
    exceptions: Sequence[QueueRow]
    current: QueueRow | None
    # Where the chair is, if the viewer may know.
    chair_at: QueueRow | None
    previous_pk: int | None
    next_pk: int | None
    pulse: int

    @property
    def rows(self) -> list[QueueRow]:
        return [*self.talk, *self.exceptions]

    @property
    def done(self) -> int:
        """Return how many of those to talk about have a decision or were skipped."""
        return sum(each.is_done for each in self.talk)

    @property
    def left(self) -> int:
        return len(self.talk) - self.done

    @property
    def left_text(self) -> str:
        """Return "16 to go, about 40 min"."""
        if not self.left:
            return _("All decided")
        minutes = round(self.left * MINUTES_PER_DEAL)
        return ngettext(
            "%(left)d to go, about %(minutes)d min",
            "%(left)d to go, about %(minutes)d min",
            self.left,
        ) % {"left": self.left, "minutes": minutes}

    @property
    def of_text(self) -> str:
        return _("of %(count)d") % {"count": len(self.talk)}

    @property
    def is_at_chair(self) -> bool:
        """Whether the viewer looks at the deal that the chair is at."""
        return self.chair_at is None or self.current == self.chair_at


def items_for(
    review: Review, viewer: User, items: ItemQuerySet | None = None
) -> ItemQuerySet:
    """Return the items that `viewer` may see of a review that `viewer` may see.

    items says what to fetch along; without it, nothing. Of a review that is over, its
    chair sees by that no longer what became of the deals: the minutes say what was.
    """
    items = ReviewItem.objects.all() if items is None else items
    items, meeting = items.filter(review=review), review.meeting
    chairs = meeting.runner == viewer and meeting.state not in OVER
    if chairs or viewer.sees_all:
        return items
    return items.filter(opportunity__in=Opportunity.objects.visible_to(viewer))


def room_of(
    review: Review,
    viewer: User,
    *,
    item_id: int | None,
    currency: str,
    now: datetime,
) -> Room:
    """Return the frame around the item that is shown. One query."""
    rows = _rows(review, viewer, item_id, currency)
    talk = [each for each in rows if not each.is_exception]
    order = [each.pk for each in rows]
    place = order.index(item_id) if item_id in order else None
    current = None if place is None else rows[place]
    meeting = review.meeting
    seconds = review.seconds_at(now)
    is_running = meeting.state == MeetingState.RUNNING
    deal_seconds, is_deal_running = _deal_clock(review, item_id, now)
    local = formats.day(_local(meeting.started_at or meeting.starts_at, viewer), now)
    return Room(
        pk=review.pk,
        title=_("Pipeline review with %(subject)s") % {"subject": meeting.subject},
        subtitle=_("%(day)s, %(name)s has the chair")
        % {"day": local, "name": meeting.runner.name},
        state=meeting.state,
        is_chair=meeting.runner == viewer,
        is_running=is_running,
        is_over=meeting.state in OVER,
        chair=meeting.runner.name,
        seconds=seconds,
        clock=formats.stopwatch(seconds),
        planned=formats.stopwatch(meeting.planned_minutes * 60),
        is_late=seconds > meeting.planned_minutes * 60,
        deal_seconds=deal_seconds,
        deal_clock=formats.stopwatch(deal_seconds),
        is_deal_running=is_running and is_deal_running,
        talk=talk,
        exceptions=[each for each in rows if each.is_exception],
        current=current,
        chair_at=next((e for e in rows if e.pk == review.current_item_id), None),
        previous_pk=order[place - 1] if place else None,
        next_pk=order[place + 1]
        if place is not None and place + 1 < len(order)
        else None,
        pulse=review.pulse,
    )


def _local(moment: datetime, viewer: User) -> datetime:
    return moment.astimezone(ZoneInfo(viewer.time_zone))


def _rows(
    review: Review, viewer: User, item_id: int | None, currency: str
) -> list[QueueRow]:
    fields = (
        "pk",
        "is_exception",
        "decision",
        "skip_reason",
        "reasons",
        "opportunity__name",
        "opportunity__account__name",
        "opportunity__amount",
        "opportunity__amount_source",
    )
    found = items_for(review, viewer).order_by("is_exception", "position", "pk")
    url_of = addresses("reviews:review_item", review.pk)
    return [
        QueueRow(
            pk=row["pk"],
            url=url_of(row["pk"]),
            number=number,
            title=row["opportunity__account__name"] or row["opportunity__name"],
            deal=row["opportunity__name"] if row["opportunity__account__name"] else "",
            amount=formats.money_short(row["opportunity__amount"], currency),
            is_list_price=row["opportunity__amount_source"] == AmountSource.LIST_PRICE,
            look=look_of(row["decision"], row["skip_reason"]),
            reasons=[Reason.from_json(e) for e in row["reasons"][:REASONS_IN_QUEUE]],
            is_exception=row["is_exception"],
            is_current=row["pk"] == item_id,
        )
        for number, row in enumerate(found.values(*fields), 1)
    ]


def _deal_clock(review: Review, item_id: int | None, now: datetime) -> tuple[int, bool]:
    """Return how long the clock ran for the shown deal, and whether it does now."""
    is_here = item_id is not None and review.current_item_id == item_id
    if not is_here or review.current_since is None:
        return 0, False
    return max(int((now - review.current_since).total_seconds()), 0), True


def first_to_show(review: Review, viewer: User) -> int | None:
    """Return the item to open with: where the chair is, else the first undecided."""
    items = items_for(review, viewer)
    rank = Case(
        When(pk=review.current_item_id or 0, then=0),
        When(pk__in=items.undecided().order_by().values("pk"), then=1),
        default=2,
    )
    ranked = items.order_by(rank, "is_exception", "position", "pk")
    return ranked.values_list("pk", flat=True).first()
