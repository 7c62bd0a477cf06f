"""The six decisions: taken, changed, taken back, or skipped with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.opportunities import services as deals
from pipeline.opportunities.models import Opportunity, Outcome
from pipeline.process.models import Stage
from pipeline.reviews.models import DealChange, Decision, Review, ReviewItem
from pipeline.reviews.services.locking import locked_item_in_process
from pipeline.reviews.services.talk import make_commitment, remove_commitment
from rhythm.calendar.models import IN_PROGRESS
from rhythm.calendar.services.course import PLACE, beat, move_to, require_runner
from rhythm.commitments.models import CommitmentState
from rhythm.people.models import User
from rhythm.web.versions import check_version

# Decisions that say nothing without words.
NEED_WORDS = {
    Decision.COACH: gettext_lazy("Say what to coach."),
    Decision.WALK_AWAY: gettext_lazy("Say why it is not worth it any more."),
    Decision.PARK: gettext_lazy("Say what the forecast call should know."),
}
# Decisions that always end in a dated commitment.
NEED_PROMISE = {Decision.COACH, Decision.REQUALIFY}
# Decisions that change the deal itself; who may not edit it asks for a commitment.
CHANGE_DEAL = {Decision.ADVANCE, Decision.WALK_AWAY}
WHAT_A_DECISION_SETS = (
    "decision",
    "decision_text",
    "decided_by",
    "decided_at",
    "skip_reason",
    "deal_change",
    "moved_from",
    "moved_to",
    "stage_before",
    "stage_since_before",
    "decision_commitment",
    "version",
)


@dataclass(frozen=True)
class NewCommitment:
    """The dated commitment that comes with a decision."""

    what: str
    promiser: User
    due_on: date
    submission_key: UUID | None = None


@transaction.atomic
def decide(
    item: ReviewItem,
    decision: Decision,
    *,
    text: str = "",
    promise: NewCommitment | None = None,
    override: str = "",
    by: User,
    now: datetime,
    shown_version: int | None = None,
) -> ReviewItem:
    """Decide about a deal, and go on to the next one without a decision.

    Advance moves it through the gate, walk away closes it; a chair who may not edit
    the deal records the decision and gives `promise` for its owner instead. Coach and
    re-qualify come with a promise too. override is the reason to pass a closed gate.
    A decision that was there before is taken back first, as far as the deal still
    stands where that had put it. The same decision again changes nothing.

    Raises GateClosed with what is missing, ValidationError for missing words or a
    missing promise, Conflict if it was decided otherwise since it was shown.
    """
    item = locked_item_in_process(item)
    require_runner(item.review, by, *IN_PROGRESS)
    text = text.strip()
    # Why it passes the gate stands in the minutes, as other words of a decision do.
    words = text or override.strip()
    if item.decision == decision and item.decision_text == words and not promise:
        return item
    if promise and _was_made(item, promise):
        return item
    check_version(item, shown_version)
    if decision in NEED_WORDS and not text:
        raise ValidationError({"text": NEED_WORDS[decision]})

    _undo_effects(item, by=by, now=now)
    if decision in CHANGE_DEAL and may_change(item.opportunity, by):
        _change_deal(item, decision, words, by=by, now=now)
    elif promise:
        item.decision_commitment = make_commitment(
            item,
            promise.what,
            promiser=promise.promiser,
            due_on=promise.due_on,
            by=by,
            now=now,
            submission_key=promise.submission_key,
        )
    elif decision in CHANGE_DEAL or decision in NEED_PROMISE:
        raise ValidationError({"due_on": _("Say who does what by when.")})
    item.decision, item.decision_text = decision, words
    item.decided_by, item.decided_at, item.skip_reason = by, now, ""
    item.clean_fields(exclude=_all_but("decision", "decision_text"))
    return _save_and_go_on(item, now)


@transaction.atomic
def skip(
    item: ReviewItem,
    reason: str,
    *,
    by: User,
    now: datetime,
    shown_version: int | None = None,
) -> ReviewItem:
    """Leave a deal out with a reason; it comes first next time. Go on to the next."""
    item = locked_item_in_process(item)
    require_runner(item.review, by, *IN_PROGRESS)
    reason = reason.strip()
    if item.skip_reason and item.skip_reason == reason:
        return item
    check_version(item, shown_version)
    if not reason:
        raise ValidationError({"text": _("Say why it is skipped.")})
    _undo_effects(item, by=by, now=now)
    _clear(item)
    item.skip_reason = reason
    item.clean_fields(exclude=_all_but("skip_reason"))
    return _save_and_go_on(item, now)


@transaction.atomic
def take_back(item: ReviewItem, *, by: User, now: datetime) -> bool:
    """Undo the decision or the skip; what it did to the deal too, where possible.

    Return False if the deal has moved on meanwhile and stays as it is. The chair is
    at this deal again.
    """
    item = locked_item_in_process(item)
    require_runner(item.review, by, *IN_PROGRESS)
    if not item.is_done:
        return True
    is_undone = _undo_effects(item, by=by, now=now)
    _clear(item)
    item.version += 1
    item.save(update_fields=WHAT_A_DECISION_SETS)
    move_to(item.review, item.pk, now)
    beat(item.review, *PLACE, item=item)
    return is_undone


def next_open_stage(deal: Opportunity) -> Stage | None:
    """Return the stage after the deal's own. None at the last one, or when closed."""
    if not deal.is_open:
        return None
    ahead = Stage.objects.open().filter(
        process=deal.process_id, position__gt=deal.stage.position
    )
    return ahead.order_by("position").first()


def may_change(deal: Opportunity, by: User) -> bool:
    """Return whether `by` may move and close this deal."""
    return Opportunity.objects.editable_by(by).filter(pk=deal.pk).exists()


def _change_deal(
    item: ReviewItem, decision: Decision, reason: str, *, by: User, now: datetime
) -> None:
    deal = item.opportunity
    before = (deal.stage, deal.stage_since)
    if decision == Decision.WALK_AWAY:
        outcome = Outcome.WALKED_AWAY
        deal = deals.close(deal, outcome=outcome, reason=reason, by=by, now=now)
        item.deal_change = DealChange.CLOSED
    else:
        to = next_open_stage(deal)
        if to is None:
            message = _("It is at the last stage. Close it as won on its page.")
            raise ValidationError(message, code="stage")
        deal = deals.move(deal, to=to, by=by, now=now, reason=reason)
        item.deal_change = DealChange.MOVED
    item.opportunity = deal
    item.stage_before, item.stage_since_before = before
    item.moved_from, item.moved_to = before[0].name, deal.stage.name


def _undo_effects(item: ReviewItem, *, by: User, now: datetime) -> bool:
    """Take back what the present decision did. Return False if the deal moved on."""
    made = item.decision_commitment
    item.decision_commitment = None
    if made and made.state == CommitmentState.OPEN:
        item.save(update_fields=["decision_commitment"])
        remove_commitment(item, made)
    is_undone = not item.deal_change or _put_back(item, by=by, now=now)
    item.deal_change = item.moved_from = item.moved_to = ""
    item.stage_before = item.stage_since_before = None
    return is_undone


def _put_back(item: ReviewItem, *, by: User, now: datetime) -> bool:
    deal, before = item.opportunity, item.stage_before
    stands = deal.stage.name == item.moved_to and before is not None
    if not stands or not may_change(deal, by):
        return False
    reason = _("Taken back in the review")
    since = item.stage_since_before
    if item.deal_change == DealChange.CLOSED:
        deals.reopen(deal, reason=reason, by=by, now=since or now)
    else:
        assert before is not None
        deals.move(deal, to=before, by=by, now=since or now, reason=reason)
    item.opportunity.refresh_from_db()
    return True


def _was_made(item: ReviewItem, promise: NewCommitment) -> bool:
    made = item.decision_commitment
    return bool(
        made
        and promise.submission_key
        and made.submission_key == promise.submission_key
    )


def _clear(item: ReviewItem) -> None:
    item.decision, item.decision_text, item.skip_reason = "", "", ""
    item.decided_by = item.decided_at = None


def _save_and_go_on(item: ReviewItem, now: datetime) -> ReviewItem:
    item.version += 1
    item.save(update_fields=WHAT_A_DECISION_SETS)
    review = item.review
    move_to(review, next_to_decide(review, item), now)
    beat(review, *PLACE, item=item)
    return item


def next_to_decide(review: Review, after: ReviewItem) -> int:
    """Return the item after this one that nobody decided yet.

    Past the last one it begins again from the first. With none left it is the same.
    """
    undecided = ReviewItem.objects.filter(review=review).undecided()
    ahead = undecided.exclude(pk=after.pk)
    if not after.is_exception:
        later = ahead.filter(position__gt=after.position).first()
        if later:
            return later.pk
    first = ahead.first()
    return first.pk if first else after.pk


def _all_but(*names: str) -> set[str]:
    return {field.name for field in ReviewItem._meta.fields} - set(names)
