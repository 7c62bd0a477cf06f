"""What is said at a deal: questions asked, notes, commitments."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Opportunity
from pipeline.reviews.models import PrivateNote, ReviewItem
from pipeline.reviews.services.locking import (
    beat,
    locked_item,
    require_chair,
    require_state,
)
from rhythm.calendar.models import BEFORE_ITS_END, IN_PROGRESS
from rhythm.commitments import services as commitments
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.people.models import User
from rhythm.web.versions import Conflict, check_version


@transaction.atomic
def ask(item: ReviewItem, question: str, *, is_asked: bool, by: User) -> ReviewItem:
    """Tick a question as asked, or not. Only questions of the deal's stage count."""
    item = locked_item(item)
    require_chair(item.review, by)
    require_state(item.review, *IN_PROGRESS)
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
    require_chair(item.review, by)
    require_state(item.review, *BEFORE_ITS_END)
    text = _plain(text)
    if text == item.note:
        return item
    if shown_version is not None and shown_version != item.note_version:
        raise Conflict(item)
    item.note = text
    item.clean_fields(exclude=_all_but(item, "note"))
    item.note_version += 1
    item.save(update_fields=["note", "note_version"])
    beat(item.review, item=item)
    return item


@transaction.atomic
def write_private_note(
    item: ReviewItem, text: str, *, author: User, shown_version: int | None
) -> PrivateNote:
    """Keep what `author` notes for the own eyes. Nobody else is told.

    shown_version 0 means that there was no note yet. Raises Conflict.
    """
    text = _plain(text)
    PrivateNote.objects.bulk_create(
        [PrivateNote(item=item, author=author, version=0)], ignore_conflicts=True
    )
    note = PrivateNote.objects.select_for_update().get(item=item, author=author)
    if text == note.text:
        return note
    check_version(note, shown_version)
    note.text = text
    note.clean_fields(exclude=["item", "author"])
    note.version += 1
    note.save(update_fields=["text", "version", "updated_at"])
    return note


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
    require_chair(item.review, by)
    require_state(item.review, *IN_PROGRESS)
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
        about=str(deal.account or deal),
        about_url=deal.get_absolute_url(),
    )
    deal.commitments.add(made)
    item.commitments.add(made)
    return made


@transaction.atomic
def withdraw_commitment(item: ReviewItem, commitment: Commitment, *, by: User) -> None:
    """Take back what was promised at this deal in this review by mistake."""
    item = locked_item(item)
    require_chair(item.review, by)
    require_state(item.review, *IN_PROGRESS)
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


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").rstrip()


def _all_but(item: ReviewItem, *names: str) -> set[str]:
    return {field.name for field in item._meta.fields} - set(names)
