"""What the customer wants to achieve, and that the customer confirmed it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Contact, CustomerOutcome, Opportunity
from pipeline.opportunities.services.locking import (
    apply,
    check_fields,
    locked,
)
from pipeline.opportunities.services.people import new_contact
from rhythm.people.models import User
from rhythm.web.saving import save_once
from rhythm.web.versions import check_version

EDITABLE = {"words", "metric", "baseline", "target"}


@transaction.atomic
def add_outcome(
    opportunity: Opportunity,
    values: dict[str, Any],
    *,
    by: User | None,
    submission_key: UUID | None = None,
) -> CustomerOutcome:
    """Return a new outcome of the deal, or the one that the same form made before.

    values holds any of EDITABLE; `words` is needed. by None, here and below, is for
    a caller that holds the deal's lock for somebody who may. Raises ValidationError.
    """
    locked(opportunity, by=by)
    outcome = CustomerOutcome(
        opportunity=opportunity,
        submission_key=submission_key,
        **{name: value for name, value in values.items() if name in EDITABLE},
    )
    check_fields(outcome, ["words", "metric", "baseline", "target"])
    return save_once(outcome, submission_key)[0]


@transaction.atomic
def edit_outcome(
    outcome: CustomerOutcome,
    values: dict[str, Any],
    *,
    by: User | None,
    shown_version: int | None,
    contact: Contact | None = None,
    contact_name: str = "",
    on: date | None = None,
    how: str = "",
    today: date | None = None,
) -> CustomerOutcome:
    """Change what differs, confirm it if a contact is named, and return the outcome.

    contact_name makes a new contact, as for `record_milestone`. on None is today.
    Raises Conflict, ValidationError.
    """
    current = _locked(outcome, shown_version, by)
    apply(current, {name: values[name] for name in EDITABLE & values.keys()})
    contact = contact or new_contact(current.opportunity, contact_name, by=None)
    if contact is None or today is None:
        return current
    return confirm_outcome(
        current,
        contact=contact,
        on=on or today,
        how=how,
        today=today,
        by=None,
        shown_version=None,
    )


@transaction.atomic
def confirm_outcome(
    outcome: CustomerOutcome,
    *,
    contact: Contact,
    on: date,
    how: str,
    today: date,
    by: User | None,
    shown_version: int | None,
) -> CustomerOutcome:
    """Keep who at the customer's confirmed it, on which day and how.

    Raises ValidationError if the day is after `today`; Conflict.
    """
    current = _locked(outcome, shown_version, by)
    if on > today:
        raise ValidationError({"confirmed_on": _("This day is still to come.")})
    apply(
        current,
        {"confirmed_by": contact, "confirmed_on": on, "confirmed_how": how.strip()},
    )
    return current


@transaction.atomic
def remove_outcome(
    outcome: CustomerOutcome, *, by: User, shown_version: int | None = None
) -> None:
    """Remove the outcome; history keeps it. Raises Conflict."""
    _locked(outcome, shown_version, by).delete()


def _locked(
    outcome: CustomerOutcome, shown_version: int | None, by: User | None
) -> CustomerOutcome:
    # The deal first, as everywhere, so that two changes wait for each other in turn.
    locked(Opportunity(pk=outcome.opportunity_id), by=by)
    current = CustomerOutcome.objects.select_for_update().get(pk=outcome.pk)
    check_version(current, shown_version)
    return current
