"""The minutes of an account review, made for their reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from pipeline.accounts.models import AccountPlan, AccountReview, AccountReviewItem
from pipeline.accounts.words import DECISIONS, SKIPPED, Look, look_of
from pipeline.opportunities.reasons import Reason
from rhythm.calendar.models import MeetingState
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.people.models import User
from rhythm.web import formats


@dataclass(frozen=True)
class Promised:
    """A commitment as the minutes tell it."""

    what: str
    who: str
    due: str
    state: str


@dataclass(frozen=True)
class Told:
    """One account in the minutes."""

    pk: int
    account: str
    url: str
    owner: str
    look: Look | None
    text: str
    reasons: Sequence[Reason]
    note: str
    commitments: Sequence[Promised]


@dataclass(frozen=True)
class Minutes:
    """What one reader may know of an account review."""

    pk: int
    subject: str
    chair: str
    day: str
    clock: str
    state: str
    abandon_reason: str
    # All of it, or only what the reader sees.
    is_whole: bool
    counts: Sequence[tuple[Look, int]]
    items: Sequence[Told]


@dataclass(frozen=True)
class Record:
    """Everything that was said in a review, before it is cut for a reader."""

    review: AccountReview
    items: Sequence[AccountReviewItem]

    def people(self) -> set[User]:
        """Return everybody concerned: chairs, owners, promisers, receivers."""
        meeting = self.review.meeting
        found = {meeting.chair, meeting.runner}
        found |= {each.plan.owner for each in self.items if each.is_done}
        for item in self.items:
            for made in item.commitments.all():
                found |= {made.promiser, made.receiver}
        return {each for each in found if each.is_active}

    def promised(self) -> list[int]:
        """Return the keys of all commitments."""
        return [made.pk for each in self.items for made in each.commitments.all()]

    def for_reader(
        self,
        reader: User,
        seen: Iterable[int] | None,
        promised: Iterable[int] | None = None,
    ) -> Minutes:
        """Return the minutes with these plans and commitments, None for all of them."""
        meeting = self.review.meeting
        zone = ZoneInfo(reader.time_zone)
        began = (meeting.started_at or meeting.starts_at).astimezone(zone)
        known = None if seen is None else set(seen)
        items = [e for e in self.items if known is None or e.plan_id in known]
        said = set(self.promised() if promised is None else promised)
        told = [_told(each, began.date(), said) for each in items]
        shown = [each for each in told if each.look or each.note or each.commitments]
        return Minutes(
            pk=self.review.pk,
            subject=meeting.subject,
            chair=meeting.runner.name,
            day=formats.day(began, date.min),
            clock=formats.clock(began),
            state=str(MeetingState(meeting.state).label),
            abandon_reason=self.review.abandon_reason,
            is_whole=len(items) == len(self.items),
            counts=_counts(shown),
            items=shown,
        )


def record_of(review: AccountReview) -> Record:
    """Return everything that was said. Two queries for any number of plans."""
    promised = Commitment.objects.select_related("promiser", "receiver")
    promised = promised.exclude(state=CommitmentState.DROPPED).order_by("due_on", "pk")
    items = (
        AccountReviewItem.objects.filter(review=review)
        .select_related("plan__account", "plan__owner")
        .prefetch_related(Prefetch("commitments", promised))
    )
    return Record(review, list(items))


def minutes_for(record: Record, reader: User) -> Minutes:
    """Return the minutes as `reader` may read them.

    The chair reads all of it, others the plans that they see, and at these what they
    see of the commitments. Two queries.
    """
    meeting = record.review.meeting
    if reader in (meeting.chair, meeting.runner) or reader.sees_all:
        return record.for_reader(reader, None)
    plans = [each.plan_id for each in record.items]
    seen = AccountPlan.objects.visible_to(reader).filter(pk__in=plans)
    promised = Commitment.objects.visible_to(reader).filter(pk__in=record.promised())
    return record.for_reader(
        reader,
        seen.values_list("pk", flat=True),
        promised.order_by().values_list("pk", flat=True),
    )


def _told(item: AccountReviewItem, today: date, promised: set[int]) -> Told:
    return Told(
        pk=item.pk,
        account=item.plan.account.name,
        url=item.plan.get_absolute_url(),
        owner=item.plan.owner.name,
        look=look_of(item.decision, item.skip_reason),
        text=item.decision_text or item.skip_reason,
        reasons=[Reason.from_json(each) for each in item.reasons],
        note=item.note,
        commitments=[
            Promised(
                what=made.what,
                who=made.promiser.name,
                due=formats.day(made.due_on, today),
                state="" if made.is_open else str(CommitmentState(made.state).label),
            )
            for made in item.commitments.all()
            if made.pk in promised
        ],
    )


def _counts(told: Sequence[Told]) -> list[tuple[Look, int]]:
    counted = Counter(each.look for each in told if each.look)
    looks = (*DECISIONS.values(), SKIPPED)
    return [(look, counted[look]) for look in looks if counted[look]]
