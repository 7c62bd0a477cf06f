"""What a deal has to say to the milestones of its process."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Contact, MilestoneRecord, Opportunity
from pipeline.opportunities.services.locking import (
    check_fields,
    locked_in_process,
    require_open,
)
from pipeline.opportunities.services.people import new_contact
from pipeline.process.models import AnswerKind, Milestone, MilestoneKind
from rhythm.people.models import User
from rhythm.web.versions import Conflict, changed_fields, check_version

LONGEST_NUMBER = 30


@transaction.atomic
def record_milestone(
    opportunity: Opportunity,
    milestone: Milestone,
    *,
    is_met: bool,
    by: User,
    now: datetime,
    answer: str = "",
    contact: Contact | None = None,
    contact_name: str = "",
    evidence: str = "",
    done_on: date | None = None,
    shown_version: int | None = None,
) -> MilestoneRecord:
    """Record what the deal has to say to one milestone, and return the record.

    Met needs an answer of the milestone's kind for a thing to know, and who
    confirmed it for what the customer confirms. done_on None is today where `by` is.
    contact_name makes a new contact at the deal's account, with a part in the deal.
    Not met keeps the answer and the evidence so far. shown_version 0 means that
    there was no record when the form was shown.

    Raises ValidationError naming the field; Conflict, whose `current` is the deal if
    the milestone itself is gone.
    """
    current = locked_in_process(opportunity, by=by)
    require_open(current)
    # Read again under the lock: somebody may have removed it, or given it a stage.
    found = Milestone.objects.select_related("stage").filter(pk=milestone.pk).first()
    if found is None:
        raise Conflict(current, _("This milestone was removed meanwhile."))
    milestone = found
    if milestone.stage.process_id != current.process_id:
        raise ValidationError(
            _("This milestone is of another process."), code="milestone"
        )
    record = MilestoneRecord.objects.filter(
        opportunity=current, milestone=milestone
    ).first()
    if record is None:
        record = MilestoneRecord(opportunity=current, milestone=milestone, version=0)
    check_version(record, shown_version)

    contact = contact or new_contact(current, contact_name, by=None)
    answer = _checked_answer(milestone, answer.strip(), contact, is_met=is_met)
    changed = changed_fields(
        record,
        {
            "is_met": is_met,
            "answer": answer,
            "contact": contact,
            "evidence": evidence.strip(),
            "done_on": _checked_day(done_on, by.today(now)) if is_met else None,
        },
    )
    if not changed and record.pk:
        return record
    check_fields(record, ["answer", "evidence"])
    record.recorded_by, record.recorded_at = by, now
    record.version += 1
    record.save()
    return record


def _checked_day(done_on: date | None, today: date) -> date:
    if done_on is not None and done_on > today:
        raise ValidationError({"done_on": _("This day is still to come.")})
    return done_on or today


def _checked_answer(
    milestone: Milestone, answer: str, contact: Contact | None, *, is_met: bool
) -> str:
    """Return the answer as it is kept. Raises ValidationError if it is not one."""
    if milestone.kind == MilestoneKind.CONFIRMED and is_met and contact is None:
        raise ValidationError({"contact": _("Say who at the customer's confirmed it.")})
    if milestone.kind != MilestoneKind.KNOW:
        return answer
    if milestone.answer_kind == AnswerKind.CONTACT:
        if is_met and contact is None:
            raise ValidationError({"contact": _("Choose a contact.")})
        return answer
    if not answer:
        if is_met:
            raise ValidationError({"answer": _("Write down the answer.")})
        return answer
    if milestone.answer_kind == AnswerKind.CHOICE and answer not in milestone.choices:
        raise ValidationError({"answer": _("Choose one of the answers offered.")})
    if milestone.answer_kind == AnswerKind.NUMBER:
        return _plain_number(answer)
    return answer


def _plain_number(text: str) -> str:
    """Return `text` as plain digits with a point, such as "1200.5"."""
    try:
        number = Decimal(text.replace("\N{NO-BREAK SPACE}", "").replace(" ", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > LONGEST_NUMBER:
        raise ValidationError({"answer": _("Enter a number, such as 1200 or 3.5.")})
    plain = f"{number:f}"
    if len(plain) > 2 * LONGEST_NUMBER:
        raise ValidationError({"answer": _("Enter a shorter number.")})
    return plain
