"""The minutes of a review, made for their reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from pipeline.opportunities.models import AmountSource, Opportunity
from pipeline.opportunities.reasons import Reason
from pipeline.opportunities.selectors.history import Change, changes_since
from pipeline.reviews.models import Correction, Decision, Review, ReviewItem
from pipeline.reviews.selectors.preparing import prepared_words
from pipeline.reviews.selectors.told import Minutes, Promised, Said, Told
from pipeline.reviews.words import LOOKS, SKIPPED, Look, look_of
from rhythm.calendar.models import MeetingState
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.people.models import User
from rhythm.web import formats

# Changes told of one deal; its page has all.
MOST_CHANGES = 6


@dataclass(frozen=True)
class Record:
    """Everything that was said in a review, before it is cut for a reader."""

    review: Review
    items: Sequence[ReviewItem]
    commitments: Sequence[Commitment]
    currency: str
    # By deal, for one reader: see `_with_changes`.
    changes: Mapping[int, Sequence[Change]] = field(default_factory=dict)

    def people(self) -> set[User]:
        """Return everybody concerned: owners, promisers, receivers, who leads them."""
        found = self.chairs() | ({self.manager} if self.manager else set())
        found |= {each.opportunity.owner for each in self.items if each.is_done}
        found |= {each.promiser for each in self.commitments}
        found |= {each.receiver for each in self.commitments}
        return found

    def chairs(self) -> set[User]:
        """Return who reads all of it: whose review it was, and who held it."""
        return {self.review.meeting.chair, self.review.meeting.runner}

    @property
    def manager(self) -> User | None:
        """Return who leads the team that it was with, None if nobody does."""
        team = self.review.meeting.team
        manager = team.manager if team else None
        return manager if manager and manager.is_active else None

    def for_reader(
        self, reader: User, visible: Iterable[ReviewItem], *, is_whole: bool
    ) -> Minutes:
        """Return the minutes with the `visible` items, and the reader's commitments."""
        meeting = self.review.meeting
        began = (meeting.started_at or meeting.starts_at).astimezone(
            ZoneInfo(reader.time_zone)
        )
        today = began.date()
        told = [self._told(each, today) for each in visible]
        shown = [each for each in told if each.look or each.note or each.commitments]
        inside = {each.pk for each in visible}
        others = [
            _promised(made, today)
            for made in self.commitments
            if reader.pk in (made.promiser_id, made.receiver_id)
            and not any(
                made in item.commitments.all()
                for item in self.items
                if item.pk in inside
            )
        ]
        return Minutes(
            pk=self.review.pk,
            subject=meeting.subject,
            chair=meeting.runner.name,
            day=formats.day(began, date.min),
            clock=formats.clock(began),
            took=round(self.review.elapsed_seconds / 60),
            state=str(MeetingState(meeting.state).label),
            is_held=meeting.state == MeetingState.HELD,
            abandon_reason=self.review.abandon_reason,
            is_whole=is_whole,
            counts=_counts(told),
            items=shown,
            untouched=len(told) - len(shown),
            others=others,
        )

    def _told(self, item: ReviewItem, today: date) -> Told:
        deal = item.opportunity
        account = deal.account.name if deal.account else ""
        moved = f"{item.moved_from} → {item.moved_to}" if item.deal_change else ""
        return Told(
            pk=item.pk,
            version=item.version,
            title=account or deal.name,
            deal=deal.name if account else "",
            url=deal.get_absolute_url(),
            owner=deal.owner.name,
            owner_id=deal.owner_id,
            amount=formats.money(deal.amount, self.currency),
            is_list_price=deal.amount_source == AmountSource.LIST_PRICE,
            look=look_of(item.decision, item.skip_reason),
            text=item.decision_text,
            skip_reason=item.skip_reason,
            moved=moved,
            reasons=[Reason.from_json(each) for each in item.reasons],
            prepared=prepared_words(item),
            asked=item.asked,
            note=item.note,
            commitments=[_promised(each, today) for each in item.commitments.all()],
            changes=self.changes.get(deal.pk, ())[:MOST_CHANGES],
            corrections=[_said(each) for each in item.corrections.all()],
            is_parked=item.decision == Decision.PARK,
            seconds=item.seconds,
        )


def record_of(review: Review, currency: str) -> Record:
    """Return everything that was said. Four queries for any number of deals."""
    promised = Commitment.objects.select_related("promiser", "receiver")
    promised = promised.exclude(state=CommitmentState.DROPPED).order_by("due_on", "pk")
    items = (
        ReviewItem.objects.filter(review=review)
        .select_related("opportunity__account", "opportunity__owner")
        .prefetch_related(
            Prefetch("commitments", promised),
            Prefetch("corrections", Correction.objects.select_related("by")),
        )
    )
    made = promised.filter(made_in=review.meeting_id)
    return Record(review, list(items), list(made), currency)


def _with_changes(
    record: Record, items: Iterable[ReviewItem], viewer: User, now: datetime
) -> Record:
    """Add what had changed on those of the deals that were decided, however many.

    Deals that `viewer` may not see keep theirs to themselves.
    """
    ended = record.review.meeting.ended_at or now
    moments = {
        each.opportunity_id: each.compare_since for each in items if each.is_done
    }
    found = changes_since(moments, viewer=viewer, now=now)
    changes = {
        deal: [each for each in changed if each.at <= ended]
        for deal, changed in found.items()
    }
    return replace(record, changes=changes)


def minutes_for(
    review: Review, viewer: User, *, is_chair: bool, now: datetime
) -> Minutes:
    """Return the minutes as `viewer` may read them."""
    record = record_of(review, viewer.organisation.currency)
    if is_chair or viewer.sees_all:
        return whole_minutes(record, viewer, now)
    return seen_minutes(record, viewer, now)


def seen_minutes(record: Record, viewer: User, now: datetime) -> Minutes:
    """Return what was said of the deals that `viewer` sees."""
    record = _with_changes(record, record.items, viewer, now)
    deals = [each.opportunity_id for each in record.items]
    seen = set(
        Opportunity.objects.visible_to(viewer)
        .filter(pk__in=deals)
        .values_list("pk", flat=True)
    )
    visible = [each for each in record.items if each.opportunity_id in seen]
    is_whole = len(visible) == len(record.items)
    return record.for_reader(viewer, visible, is_whole=is_whole)


def whole_minutes(record: Record, reader: User, now: datetime) -> Minutes:
    """Return all that was said, as the chair reads it."""
    record = _with_changes(record, record.items, reader, now)
    return record.for_reader(reader, record.items, is_whole=True)


def own_minutes(record: Record, reader: User, now: datetime) -> Minutes:
    """Return the part of `reader`: the own deals, and commitments either way."""
    own = [each for each in record.items if each.opportunity.owner_id == reader.pk]
    if own:
        record = _with_changes(record, own, reader, now)
    minutes = record.for_reader(reader, own, is_whole=False)
    return replace(minutes, untouched=0)


def _counts(told: Iterable[Told]) -> list[tuple[Look, int]]:
    counted = Counter(each.look for each in told if each.look)
    return [
        (look, counted[look]) for look in (*LOOKS.values(), SKIPPED) if counted[look]
    ]


def _promised(made: Commitment, today: date) -> Promised:
    return Promised(
        what=made.what,
        who=made.promiser.name,
        to_whom=made.receiver.name,
        due=formats.day(made.due_on, today),
        state=""
        if made.state == CommitmentState.OPEN
        else str(CommitmentState(made.state).label),
        promiser_id=made.promiser_id,
        receiver_id=made.receiver_id,
    )


def _said(correction: Correction) -> Said:
    before = correction.before
    decision = before.get("decision")
    words = [
        (_("Decision"), str(LOOKS[decision].label) if decision in LOOKS else ""),
        (_("Words"), before.get("decision_text", "")),
        (_("Skipped"), before.get("skip_reason", "")),
        (_("Note"), before.get("note", "")),
    ]
    return Said(
        by=correction.by.name,
        at=correction.at,
        reason=correction.reason,
        before=[(label, text) for label, text in words if text],
    )
