"""Who on the customer's side has a part in a deal."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from pipeline.opportunities.models import Contact, Opportunity, OpportunityContact
from pipeline.opportunities.services.directory import best, standing
from pipeline.opportunities.services.locking import check_fields, locked
from rhythm.people.models import User
from rhythm.web.saving import save_once
from rhythm.web.versions import check_version


@transaction.atomic
def add_person(
    opportunity: Opportunity,
    contact: Contact,
    *,
    by: User | None,
    role: str = "",
    keep_role: bool = False,
) -> OpportunityContact:
    """Give the contact a part in the deal, or the one it has a new role; return it.

    keep_role leaves the role of a part that is there. by None, here and below, is for
    a caller that holds the deal's lock for somebody who may. Raises ValidationError if
    the role is too long.
    """
    current = locked(opportunity, by=by)
    contact = standing(contact)
    part = OpportunityContact.objects.filter(
        opportunity=current, contact=contact
    ).first() or OpportunityContact(opportunity=current, contact=contact)
    if part.pk and keep_role:
        return part
    if part.pk and part.role == role.strip():
        return part
    part.role = role.strip()
    check_fields(part, ["role"])
    part.version = part.version + 1 if part.pk else 1
    part.save()
    return part


@transaction.atomic
def remove_person(
    opportunity: Opportunity,
    contact: Contact,
    *,
    by: User,
    shown_version: int | None = None,
) -> None:
    """Take the contact's part in the deal away; without one nothing happens.

    Raises Conflict if somebody gave it another role meanwhile.
    """
    current = locked(opportunity, by=by)
    parts = OpportunityContact.objects.filter(opportunity=current, contact=contact)
    if part := parts.select_related("contact").first():
        check_version(part, shown_version)
        part.delete()


@transaction.atomic
def new_contact(
    opportunity: Opportunity,
    name: str,
    *,
    by: User | None,
    role: str = "",
    submission_key: UUID | None = None,
) -> Contact | None:
    """Return a new contact at the deal's account, with a part in it; None for no name.

    Somebody of that name at the account is found again, and the same submission_key
    makes one. Raises ValidationError if the
    name is too long.
    """
    name = name.strip()
    if not name:
        return None
    # Under the lock: of two equal forms, the second finds whom the first one made.
    opportunity = locked(opportunity, by=by)
    contact = None
    if opportunity.account_id is not None:
        at_account = Contact.objects.filter(account=opportunity.account_id)
        contact = best(at_account.filter(name__iexact=name))
    if contact is None:
        contact = Contact(
            name=name,
            account_id=opportunity.account_id,
            submission_key=submission_key,
        )
        check_fields(contact, ["name"])
        contact = save_once(contact, submission_key)[0]
    add_person(opportunity, contact, by=None, role=role, keep_role=True)
    return contact
