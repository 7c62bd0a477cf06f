"""Who on the customer's side has a part in a deal."""

from __future__ import annotations

from django.db import transaction

from pipeline.opportunities.models import Contact, Opportunity, OpportunityContact
from pipeline.opportunities.services.locking import check_fields, locked


@transaction.atomic
def add_person(
    opportunity: Opportunity, contact: Contact, *, role: str = ""
) -> OpportunityContact:
    """Give the contact a part in the deal, or the one it has a new role; return it.

    Raises ValidationError if the role is too long.
    """
    current = locked(opportunity)
    part = OpportunityContact.objects.filter(
        opportunity=current, contact=contact
    ).first() or OpportunityContact(opportunity=current, contact=contact)
    part.role = role.strip()
    check_fields(part, ["role"])
    part.save()
    return part


@transaction.atomic
def remove_person(opportunity: Opportunity, contact: Contact) -> None:
    """Take the contact's part in the deal away; without one nothing happens."""
    current = locked(opportunity)
    OpportunityContact.objects.filter(opportunity=current, contact=contact).delete()
