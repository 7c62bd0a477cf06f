"""What is said in a meeting: notes, and what is promised."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Opportunity
from pipeline.runner.models import Block, Run
from pipeline.runner.services.locking import locked_block
from rhythm.calendar.models import BEFORE_ITS_END, IN_PROGRESS, STARTABLE
from rhythm.calendar.selectors.people import people_of
from rhythm.calendar.services.course import beat, locked, require_runner
from rhythm.calendar.services.notes import set_note
from rhythm.commitments import services as commitments
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.people.models import User


@transaction.atomic
def write_note(
    block: Block, text: str, *, by: User, shown_version: int | None
) -> Block:
    """Keep the note of a block, which stands in the minutes.

    Raises Conflict if it changed since it was shown, and says something else.
    """
    block = locked_block(block)
    require_runner(block.run, by, *STARTABLE, *BEFORE_ITS_END)
    if set_note(block, text, shown_version=shown_version):
        beat(block.run)
    return block


@transaction.atomic
def promise(
    run: Run,
    what: str,
    *,
    promiser: User,
    due_on: date,
    by: User,
    now: datetime,
    submission_key: UUID | None = None,
) -> Commitment:
    """Make a commitment in a meeting and return it. The same submission makes one.

    It is promised to the chair; what the chair promises, to the person that the
    meeting is with, to the owner of the deal it is at, or else to the chair's own.
    At a case it is about the deal, where both may see that.

    Raises PermissionDenied for somebody who is not in the meeting.
    """
    run = require_runner(locked(run), by, *IN_PROGRESS)
    if promiser not in people_of([run.meeting])[run.meeting_id]:
        raise PermissionDenied
    deal = _deal(run, promiser)
    receiver = _receiver(run, promiser, deal)
    if deal and not Opportunity.objects.visible_to(receiver).filter(pk=deal.pk):
        # Who was given the chair may not see what the meeting is at.
        deal = None
    made = commitments.make(
        what,
        promiser,
        receiver,
        due_on,
        today=promiser.today(now),
        made_in=run.meeting,
        submission_key=submission_key,
        about=deal.headline if deal else "",
        about_url=deal.get_absolute_url() if deal else "",
    )
    if deal:
        deal.commitments.add(made)
    beat(run)
    return made


@transaction.atomic
def withdraw(run: Run, commitment: Commitment, *, by: User) -> None:
    """Take back what was promised in this meeting by mistake. History keeps it.

    Raises ValidationError if it is not open any more.
    """
    run = require_runner(locked(run), by, *IN_PROGRESS)
    if commitment.made_in_id != run.meeting_id:
        raise PermissionDenied
    if commitment.state != CommitmentState.OPEN:
        raise ValidationError(_("This commitment is not open any more."))
    Opportunity.commitments.through.objects.filter(commitment=commitment).delete()
    commitment.delete()
    beat(run)


def say(run: Run) -> None:
    """Let those who follow along know that something outside the run changed."""
    Run.objects.filter(pk=run.pk).update(pulse=F("pulse") + 1)


def _deal(run: Run, promiser: User) -> Opportunity | None:
    """Return the deal that the meeting is at, if whoever promises may see it."""
    of_block = run.present().values("opportunity")
    deals = Opportunity.objects.visible_to(promiser).filter(pk__in=of_block)
    return deals.select_related("account", "owner").first()


def _receiver(run: Run, promiser: User, deal: Opportunity | None) -> User:
    runner = run.meeting.runner
    if promiser != runner:
        return runner
    others = (run.meeting.person, deal.owner if deal else None, run.meeting.chair)
    found = (each for each in others if each and each.is_active and each != promiser)
    return next(found, promiser)
