"""What an account review says about a plan: decided, taken back, noted, promised."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.accounts.models import AccountReviewItem, PlanDecision, PlanNote
from pipeline.accounts.services.locking import locked_item
from pipeline.accounts.services.plans import promise_about
from rhythm.calendar.models import BEFORE_ITS_END, IN_PROGRESS
from rhythm.calendar.services.course import PLACE, beat, move_to, require_runner
from rhythm.calendar.services.notes import set_note, set_own_note
from rhythm.commitments.models import Commitment
from rhythm.people.models import User
from rhythm.web.versions import check_version

# Decisions that say nothing without words.
NEED_WORDS = {
    PlanDecision.ESCALATE: gettext_lazy("Say to whom, and what they are to do."),
    PlanDecision.HAND_OVER: gettext_lazy("Say who takes over, and why."),
}
# Decisions that are nothing without somebody who does something by a day.
NEED_MOVE = {PlanDecision.NEW_MOVE, PlanDecision.HAND_OVER}
DECIDED = (
    *("decision", "decision_text", "decided_by", "decided_at", "skip_reason"),
    "version",
)


@transaction.atomic
def decide(
    item: AccountReviewItem,
    decision: PlanDecision,
    *,
    text: str = "",
    by: User,
    now: datetime,
    shown_version: int | None = None,
) -> AccountReviewItem:
    """Decide about a plan, and go on to the next one without a decision.

    A new move and a hand-over need a commitment made at this plan in this review. The
    same decision again changes nothing.

    Raises ValidationError for missing words or a missing move, Conflict if it was
    decided otherwise since it was shown.
    """
    item = locked_item(item)
    require_runner(item.review, by, *IN_PROGRESS)
    text = text.strip()
    if (item.decision, item.decision_text) == (decision, text):
        return item
    check_version(item, shown_version)
    if decision in NEED_WORDS and not text:
        raise ValidationError({"text": NEED_WORDS[decision]})
    if decision in NEED_MOVE and not item.commitments.exists():
        message = _("Say first who does what by when: add it under “Next moves”.")
        raise ValidationError(message, code="move")
    item.decision, item.decision_text, item.skip_reason = decision, text, ""
    item.decided_by, item.decided_at = by, now
    return _go_on(item, now)


@transaction.atomic
def skip(
    item: AccountReviewItem,
    reason: str,
    *,
    by: User,
    now: datetime,
    shown_version: int | None = None,
) -> AccountReviewItem:
    """Leave a plan out with a reason; it comes first next time. Go on to the next."""
    item = locked_item(item)
    require_runner(item.review, by, *IN_PROGRESS)
    reason = reason.strip()
    if reason and item.skip_reason == reason:
        return item
    check_version(item, shown_version)
    if not reason:
        raise ValidationError({"text": _("Say why it is skipped.")})
    _clear(item)
    item.skip_reason = reason
    return _go_on(item, now)


@transaction.atomic
def take_back(item: AccountReviewItem, *, by: User, now: datetime) -> AccountReviewItem:
    """Undo the decision or the skip. What was promised stays promised."""
    item = locked_item(item)
    review = require_runner(item.review, by, *IN_PROGRESS)
    if item.is_done:
        _clear(item)
        item.version += 1
        item.save(update_fields=DECIDED)
        move_to(review, item.pk, now)
        beat(review, *PLACE)
    return item


@transaction.atomic
def write_note(
    item: AccountReviewItem, text: str, *, by: User, shown_version: int | None
) -> AccountReviewItem:
    """Keep the shared note. Raises Conflict if it says something else by now."""
    item = locked_item(item)
    require_runner(item.review, by, *BEFORE_ITS_END)
    if set_note(item, text, shown_version=shown_version):
        beat(item.review)
    return item


def write_private_note(
    item: AccountReviewItem, text: str, *, author: User, shown_version: int | None
) -> PlanNote:
    """Keep what `author` notes for the own eyes, see `set_own_note`."""
    return set_own_note(
        PlanNote, text, shown_version=shown_version, item=item, author=author
    )


@transaction.atomic
def promise(
    item: AccountReviewItem,
    what: str,
    *,
    promiser: User,
    due_on: date,
    by: User,
    now: datetime,
    submission_key: UUID | None = None,
) -> Commitment:
    """Make a next move of the plan in this review. The same form makes one.

    It is promised to the chair; what the chair promises, to the plan's owner.
    """
    item = locked_item(item)
    require_runner(item.review, by, *IN_PROGRESS)
    made = promise_about(
        item.plan,
        what,
        promiser=promiser,
        due_on=due_on,
        by=by,
        now=now,
        made_in=item.review.meeting,
        submission_key=submission_key,
    )
    item.commitments.add(made)
    beat(item.review)
    return made


def _clear(item: AccountReviewItem) -> None:
    item.decision, item.decision_text, item.skip_reason = "", "", ""
    item.decided_by = item.decided_at = None


def _go_on(item: AccountReviewItem, now: datetime) -> AccountReviewItem:
    """Save the item, and have the chair be at the next one without a decision."""
    names = {"decision_text", "skip_reason"}
    item.clean_fields(exclude={e.name for e in item._meta.fields} - names)
    item.version += 1
    item.save(update_fields=DECIDED)
    review = item.review
    undecided = AccountReviewItem.objects.filter(review=review).undecided()
    ahead = undecided.filter(position__gt=item.position).first()
    move_to(review, (ahead or undecided.first() or item).pk, now)
    beat(review, *PLACE)
    return item
