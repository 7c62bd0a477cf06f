"""Through a gate in one go: what is missing is recorded, and the deal moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Contact, CustomerOutcome, Opportunity
from pipeline.opportunities.services.locking import locked_in_process
from pipeline.opportunities.services.milestones import record_milestone
from pipeline.opportunities.services.outcomes import add_outcome, confirm_outcome
from pipeline.opportunities.services.people import new_contact
from pipeline.opportunities.services.stages import move
from pipeline.process.models import Milestone, Stage
from rhythm.people.models import User
from rhythm.web.versions import Conflict


@dataclass(frozen=True)
class MilestoneAnswer:
    """What somebody says to one missing milestone. See `record_milestone`."""

    milestone_id: int
    answer: str = ""
    contact: Contact | None = None
    contact_name: str = ""
    evidence: str = ""
    done_on: date | None = None
    shown_version: int | None = None


@dataclass(frozen=True)
class OutcomeAnswer:
    """The customer outcome that was missing, and who confirmed it.

    outcome is one of the deal's that nobody confirmed yet; None adds one of `words`.
    """

    outcome: CustomerOutcome | None = None
    words: str = ""
    contact: Contact | None = None
    contact_name: str = ""
    on: date | None = None
    how: str = ""


class AnswerRefused(ValidationError):
    """One of the answers is wrong. milestone_id says which; None is the outcome."""

    def __init__(self, milestone_id: int | None, error: ValidationError) -> None:
        super().__init__(error)
        self.milestone_id = milestone_id


@transaction.atomic
def pass_gate(
    opportunity: Opportunity,
    *,
    to: Stage,
    answers: Sequence[MilestoneAnswer],
    outcome: OutcomeAnswer | None,
    by: User,
    now: datetime,
    shown_version: int | None = None,
) -> Opportunity:
    """Record what was missing, move the deal to `to`, and return it: all or nothing.

    Raises AnswerRefused for a wrong answer; else what `move` raises.
    """
    current = locked_in_process(opportunity, shown_version, by=by)
    milestones = Milestone.objects.select_related("stage").in_bulk(
        [each.milestone_id for each in answers]
    )
    if any(each.milestone_id not in milestones for each in answers):
        raise Conflict(current, _("A milestone was removed meanwhile."))
    for each in answers:
        try:
            record_milestone(
                current,
                milestones[each.milestone_id],
                is_met=True,
                by=by,
                now=now,
                answer=each.answer,
                contact=each.contact,
                contact_name=each.contact_name,
                evidence=each.evidence,
                done_on=each.done_on,
                shown_version=each.shown_version,
            )
        except ValidationError as error:
            raise AnswerRefused(each.milestone_id, error) from error
    if outcome is not None:
        try:
            _confirm(current, outcome, by.today(now))
        except ValidationError as error:
            raise AnswerRefused(None, error) from error
    return move(current, to=to, by=by, now=now)


def _confirm(opportunity: Opportunity, answer: OutcomeAnswer, today: date) -> None:
    contact = answer.contact or new_contact(opportunity, answer.contact_name, by=None)
    if contact is None:
        raise ValidationError({"contact": _("Say who at the customer's confirmed it.")})
    outcome = answer.outcome or add_outcome(
        opportunity, {"words": answer.words}, by=None
    )
    confirm_outcome(
        outcome,
        contact=contact,
        on=answer.on or today,
        how=answer.how,
        today=today,
        by=None,
        shown_version=None,
    )
