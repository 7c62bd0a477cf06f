"""What is said at a deal: questions asked, notes, commitments."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Opportunity
from pipeline.reviews.models import PrivateNote, ReviewItem
from pipeline.reviews.services.locking import locked_item
from rhythm.calendar.models import BEFORE_ITS_END, IN_PROGRESS
from rhythm.calendar.services.course import beat, require_runner
from rhythm.calendar.services.notes import set_note, set_own_note
from rhythm.commitments import services as commitments
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.people.models import User


@transaction.atomic
def ask(item: ReviewItem, question: str, *, is_asked: bool, by: User) -> ReviewItem:
    """Tick a question as asked, or not. Only questions of the deal's stage count."""
    item = locked_item(item)
    require_runner(item.review, by, *IN_PROGRESS)
    offered = item.opportunity.stage.questions
    if question not in offered and question not in item.asked:
        raise ValidationError(_("This question is not asked at this stage any more."))
    asked = [each for each in item.asked if each != question]
    if is_asked:
        asked.append(question)
    if set(asked) != set(item.asked):
        item.asked = asked
        item.save(update_fields=["asked"])
        beat(item.review, item=item)
    return item


@transaction.atomic
def write_note(
    item: ReviewItem, text: str, *, by: User, shown_version: int | None
) -> ReviewItem:
    """Keep the shared note, which stands in the minutes.

    Raises Conflict if it changed since it was shown, and says something else.
    """
    item = locked_item(item)
    require_runner(item.review, by, *BEFORE_ITS_END)
    if set_note(item, text, shown_version=shown_version):
        beat(item.review, item=item)
    return item


def write_private_note(
    item: ReviewItem, text: str, *, author: User, shown_version: int | None
) -> PrivateNote:
    """Keep what `author` notes for the own eyes, see `set_own_note`."""
    return set_own_note(
        PrivateNote, text, shown_version=shown_version, item=item, author=author
    )


@transaction.atomic
def promise(
    item: ReviewItem,
    what: str,
    *,
    promiser: User,
    due_on: date,
    by: User,
    now: datetime,
    submission_key: UUID | None = None,
) -> Commitment:
    """Make a commitment at this deal and return it. The same submission makes one.

    It is promised to the chair; what the chair promises, to the deal's owner.
    """
    item = locked_item(item)
    require_runner(item.review, by, *IN_PROGRESS)
    made = make_commitment(
        item,
        what,
        promiser=promiser,
        due_on=due_on,
        by=by,
        now=now,
        submission_key=submission_key,
    )
    beat(item.review, item=item)
    return made


def make_commitment(
    item: ReviewItem,
    what: str,
    *,
    promiser: User,
    due_on: date,
    by: User,
    now: datetime,
    submission_key: UUID | None = None,
) -> Commitment:
    """Make it at a locked item; the caller lets followers know."""
    deal = item.opportunity
    made = commitments.make(
        what,
        promiser,
        deal.owner if promiser == by else by,
        due_on,
        today=promiser.today(now),
        made_in=item.review.meeting,
        submission_key=submission_key,
        about=deal.headline,
        about_url=deal.get_absolute_url(),
    )
    deal.commitments.add(made)
    item.commitments.add(made)
    return made


@transaction.atomic
def withdraw_commitment(item: ReviewItem, commitment: Commitment, *, by: User) -> None:
    """Take back what was promised at this deal in this review by mistake."""
    item = locked_item(item)
    require_runner(item.review, by, *IN_PROGRESS)
    if not item.commitments.filter(pk=commitment.pk).exists():
        raise PermissionDenied
    if commitment.state != CommitmentState.OPEN:
        raise ValidationError(_("This commitment is not open any more."))
    remove_commitment(item, commitment)
    beat(item.review, item=item)


def remove_commitment(item: ReviewItem, commitment: Commitment) -> None:
    """Delete a commitment that this review made; history keeps that it was there."""
    if item.decision_commitment_id == commitment.pk:
        item.decision_commitment = None
        item.save(update_fields=["decision_commitment"])
    item.commitments.remove(commitment)
    Opportunity.commitments.through.objects.filter(commitment=commitment).delete()
    ReviewItem.commitments.through.objects.filter(commitment=commitment).delete()
    commitment.delete()
