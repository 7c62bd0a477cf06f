"""One deal in review mode: where it stands, what it misses, what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from pipeline.opportunities.models import AmountSource, Opportunity
from pipeline.opportunities.reasons import Reason
from pipeline.opportunities.selectors.missing import (
    gates_of,
)
from pipeline.process.models import Stage
from pipeline.reviews.models import Review
from pipeline.reviews.selectors.around import ItemWithDeal
from pipeline.reviews.selectors.commitments import (
    CommitmentRow,
    commitments_of,
    promisers,
)
from pipeline.reviews.selectors.evidence import (
    MilestoneRow,
    OutcomeRow,
    milestones_of,
    outcome_row,
)
from pipeline.reviews.selectors.preparing import prepared_words
from pipeline.reviews.words import Look, look_of
from rhythm.people.models import User
from rhythm.web import formats

# The day that a new commitment proposes.
DUE_IN = timedelta(days=7)


@dataclass(frozen=True)
class PathStep:
    """A stage of the path, ours and the buyer's."""

    name: str
    buyer_step: str
    is_done: bool
    is_now: bool


@dataclass(frozen=True)
class PersonRow:
    name: str
    title: str
    role: str


@dataclass(frozen=True)
class OpenQuestion:
    """What somebody asked about the deal, and nobody answered. pk is the comment's."""

    pk: int
    asker: str
    text: str


@dataclass(frozen=True)
class DealView:
    """All that review mode shows of one deal."""

    pk: int
    version: int
    note_version: int
    opportunity_id: int
    opportunity_version: int
    title: str
    name: str
    url: str
    owner: str
    owner_id: int
    amount: str
    is_list_price: bool
    weighted: str
    weight: str
    close: str
    close_note: str
    is_open: bool
    closed_label: str
    reasons: Sequence[Reason]
    is_added_by_hand: bool
    is_exception: bool
    path: Sequence[PathStep]
    stage: str
    next_stage: str
    days: int
    limit: int | None
    milestones: Sequence[MilestoneRow]
    compare_day: str
    is_first: bool
    next_step: str
    next_step_day: str
    next_step_tone: str
    next_step_words: str
    outcomes: Sequence[OutcomeRow]
    people: Sequence[PersonRow]
    # What its owner wrote before the review, each with its heading.
    prepared: Sequence[tuple[str, str]]
    prepared_by: str
    guidance: str
    questions: Sequence[tuple[str, bool]]
    open_questions: Sequence[OpenQuestion]
    past: Sequence[CommitmentRow]
    made: Sequence[CommitmentRow]
    note: str
    private_note: str
    private_version: int
    look: Look | None
    decision: str
    decision_text: str
    skip_reason: str
    # The viewer may edit, move and close it.
    is_editable: bool
    may_override: bool
    promisers: Sequence[tuple[int, str]]
    pulse: int
    default_due: date
    today: date

    @property
    def missing(self) -> list[MilestoneRow]:
        return [each for each in self.milestones if each.is_missing]

    @property
    def kept(self) -> int:
        return sum(each.tone == "ok" for each in self.past)

    @property
    def promised(self) -> list[CommitmentRow]:
        """Return what was promised before and is not dropped."""
        return [each for each in self.past if each.tone != "mute"]


def deal_view(
    item: ItemWithDeal,
    review: Review,
    viewer: User,
    *,
    currency: str,
    now: datetime,
) -> DealView:
    """Return one deal as `viewer` sees it. Two queries.

    item comes from `items_with_deal`.
    """
    deal, today = item.opportunity, viewer.today(now)
    here = deal.stage if deal.is_open else (deal.closed_from or deal.stage)
    stages = list(Stage.objects.open().filter(process=deal.process_id).with_asked())
    ahead = [each for each in stages if each.position > here.position]
    gates = gates_of([deal.process_id], stages, now=now)
    milestones = milestones_of(item, here, gates, viewer)
    commitments = commitments_of(item, review, viewer, today)
    weight = deal.stage.probability
    tone, words = _next_step_state(deal, today)
    compare = item.compare_since.astimezone(ZoneInfo(viewer.time_zone))
    amount = deal.amount
    return DealView(
        pk=item.pk,
        version=item.version,
        note_version=item.note_version,
        opportunity_id=deal.pk,
        opportunity_version=deal.version,
        title=deal.headline,
        name=deal.byline,
        url=deal.get_absolute_url(),
        owner=deal.owner.name,
        owner_id=deal.owner_id,
        amount=formats.money(amount, currency),
        is_list_price=deal.amount_source == AmountSource.LIST_PRICE,
        weighted=formats.money(
            None if amount is None else round(amount * weight), currency
        ),
        weight=formats.percent(weight),
        close=formats.day(deal.close_on, today),
        close_note=formats.relative_day(deal.close_on, today) if deal.close_on else "",
        is_open=deal.is_open,
        closed_label="" if deal.is_open else deal.stage.name,
        reasons=[Reason.from_json(each) for each in item.reasons],
        is_added_by_hand=item.is_added_by_hand,
        is_exception=item.is_exception,
        path=[
            PathStep(
                name=each.name,
                buyer_step=each.buyer_step,
                is_done=each.position < here.position,
                is_now=each.pk == here.pk,
            )
            for each in stages
        ],
        stage=here.name,
        next_stage=ahead[0].name if ahead and deal.is_open else "",
        days=deal.days_in_stage(today, viewer.time_zone),
        limit=here.stuck_days,
        milestones=milestones,
        compare_day=formats.day(compare, today),
        is_first=not item.was_reviewed,
        next_step=deal.next_step,
        next_step_day=formats.day(deal.next_step_on, today)
        if deal.next_step_on
        else "",
        next_step_tone=tone,
        next_step_words=words,
        outcomes=[outcome_row(each, today) for each in item.outcomes],
        people=[PersonRow(e["name"], e["title"], e["role"]) for e in item.people],
        prepared=prepared_words(item),
        prepared_by=item.prepared_by.name if item.prepared_by else "",
        guidance=here.guidance,
        questions=_questions(here.questions, item.asked),
        open_questions=[OpenQuestion(**each) for each in item.open_questions],
        past=[row for row, is_new in commitments if not is_new],
        made=[row for row, is_new in commitments if is_new],
        note=item.note,
        private_note=item.private_text or "",
        private_version=item.private_version or 0,
        look=look_of(item.decision, item.skip_reason),
        decision=item.decision,
        decision_text=item.decision_text,
        skip_reason=item.skip_reason,
        is_editable=item.is_editable,
        may_override=item.is_owner_led,
        promisers=promisers(item, review),
        pulse=item.deal_pulse,
        default_due=today + DUE_IN,
        today=today,
    )


def _questions(offered: Sequence[str], asked: Sequence[str]) -> list[tuple[str, bool]]:
    """Return the questions of the stage, and those asked that it has no more."""
    gone = [each for each in asked if each not in offered]
    return [(each, each in asked) for each in (*offered, *gone)]


def _next_step_state(deal: Opportunity, today: date) -> tuple[str, str]:
    if deal.next_step_on is None:
        return "warn", _("No date")
    if deal.next_step_on < today:
        return "bad", _("Overdue")
    if deal.next_step_on == today:
        return "ok", _("Today")
    return "mute", formats.relative_day(deal.next_step_on, today)
