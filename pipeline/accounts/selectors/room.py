"""The room of an account review: who is here, the queue, the plan that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from pipeline.accounts.models import (
    AccountPlan,
    AccountReview,
    AccountReviewItem,
    AccountReviewItemQuerySet,
    PlanNote,
)
from pipeline.accounts.words import Look, look_of
from pipeline.opportunities.reasons import Reason
from rhythm.calendar.models import IN_PROGRESS, OVER, MeetingState, seconds_between
from rhythm.people.models import User
from rhythm.web import formats
from rhythm.web.addresses import addresses

REASONS_IN_QUEUE = 3


@dataclass(frozen=True)
class QueueRow:
    """A plan in the queue."""

    pk: int
    url: str
    number: int
    account: str
    owner: str
    look: Look | None
    reasons: Sequence[Reason]
    is_current: bool

    @property
    def is_done(self) -> bool:
        return self.look is not None


@dataclass(frozen=True)
class Room:
    """The frame of the review as one viewer sees it."""

    pk: int
    title: str
    subtitle: str
    chair: str
    is_chair: bool
    is_in_progress: bool
    # Its clock runs, and does not rest.
    is_running: bool
    # How long it has run, in seconds and as a clock shows it; and of this at the plan.
    seconds: int
    clock: str
    item_seconds: int
    item_clock: str
    planned: str
    is_late: bool
    rows: Sequence[QueueRow]
    # What the chair is at, if the viewer may know.
    chair_at: int | None
    shown: AccountReviewItem | None
    # What the viewer noted of it for the own eyes; no version without any.
    own_note: str
    own_note_version: int | None
    previous_pk: int | None
    next_pk: int | None
    pulse: int

    @property
    def done(self) -> int:
        return sum(each.is_done for each in self.rows)

    @property
    def of_text(self) -> str:
        return _("of %(count)d") % {"count": len(self.rows)}

    @property
    def may_run(self) -> bool:
        return self.is_chair and self.is_in_progress

    @property
    def is_at_chair(self) -> bool:
        shown = self.shown.pk if self.shown else None
        return self.chair_at in (None, shown)

    @property
    def look(self) -> Look | None:
        """Return what was decided about the plan that is shown."""
        shown = self.shown
        return look_of(shown.decision, shown.skip_reason) if shown else None

    @property
    def reasons(self) -> list[Reason]:
        """Return why the plan that is shown is on the agenda."""
        shown = self.shown.reasons if self.shown else ()
        return [Reason.from_json(each) for each in shown]


def items_for(review: AccountReview, viewer: User) -> AccountReviewItemQuerySet:
    """Return the items that `viewer` may see of a review that `viewer` may see.

    Who had the chair of one that is over sees what became of those plans no longer by
    it: the minutes say what was.
    """
    items = AccountReviewItem.objects.filter(review=review)
    meeting = review.meeting
    chairs = meeting.runner == viewer and meeting.state not in OVER
    if chairs or viewer.sees_all:
        return items
    return items.filter(plan__in=AccountPlan.objects.visible_to(viewer))


def room_of(
    review: AccountReview, viewer: User, *, item_id: int | None, now: datetime
) -> Room:
    """Return the room with the item of that key, or where the chair is. One query."""
    note = PlanNote.objects.visible_to(viewer).filter(item=OuterRef("pk"))
    found = (
        items_for(review, viewer)
        .select_related("plan__account", "plan__owner")
        .annotate(
            own_text=Subquery(note.values("text")[:1]),
            own_version=Subquery(note.values("version")[:1]),
        )
    )
    items = list(found.order_by("position", "pk"))
    shown = _to_show(items, item_id or review.current_item_id)
    place = items.index(shown) if shown else 0
    meeting = review.meeting
    began = meeting.started_at or meeting.starts_at
    seconds, here_for = review.seconds_at(now), _seconds_at(review, shown, now)
    here = began.astimezone(ZoneInfo(viewer.time_zone))
    day = formats.day_clock(here, viewer.today(now))
    return Room(
        pk=review.pk,
        title=_("Account review with %(subject)s") % {"subject": meeting.subject},
        subtitle=_("%(day)s, %(name)s has the chair")
        % {"day": day, "name": meeting.runner.name},
        chair=meeting.runner.name,
        is_chair=meeting.runner == viewer,
        is_in_progress=meeting.state in IN_PROGRESS,
        is_running=meeting.state == MeetingState.RUNNING,
        seconds=seconds,
        clock=formats.stopwatch(seconds),
        item_seconds=here_for,
        item_clock=formats.stopwatch(here_for),
        planned=formats.stopwatch(meeting.planned_minutes * 60),
        is_late=seconds > meeting.planned_minutes * 60,
        rows=_rows(items, review.pk, shown),
        chair_at=next((e.pk for e in items if e.pk == review.current_item_id), None),
        shown=shown,
        own_note=getattr(shown, "own_text", None) or "",
        own_note_version=getattr(shown, "own_version", None),
        previous_pk=items[place - 1].pk if shown and place else None,
        next_pk=items[place + 1].pk if shown and place + 1 < len(items) else None,
        pulse=review.pulse,
    )


def _to_show(
    items: Sequence[AccountReviewItem], wanted: int | None
) -> AccountReviewItem | None:
    """Return the wanted item, else the first that is not decided, else the first."""
    ranked = sorted(items, key=lambda each: (each.pk != wanted, each.is_done))
    return ranked[0] if ranked else None


def _seconds_at(
    review: AccountReview, shown: AccountReviewItem | None, now: datetime
) -> int:
    """Return how long the clock has run for the plan that is shown."""
    if shown is None:
        return 0
    is_at_it = shown.pk == review.current_item_id
    return seconds_between(
        shown.seconds, review.current_since if is_at_it else None, now
    )


def _rows(
    items: Sequence[AccountReviewItem], review: int, shown: AccountReviewItem | None
) -> list[QueueRow]:
    url_of = addresses("accounts:review_item", review)
    return [
        QueueRow(
            pk=each.pk,
            url=url_of(each.pk),
            number=number,
            account=each.plan.account.name,
            owner=each.plan.owner.name,
            look=look_of(each.decision, each.skip_reason),
            reasons=[Reason.from_json(e) for e in each.reasons[:REASONS_IN_QUEUE]],
            is_current=each == shown,
        )
        for number, each in enumerate(items, 1)
    ]
