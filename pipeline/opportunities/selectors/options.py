"""What a person may choose while typing: accounts, contacts, deals."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.opportunities.models import Account, Contact, Opportunity
from pipeline.opportunities.selectors.search import matching, named
from rhythm.people.models import User

MOST = 8


@dataclass(frozen=True)
class Option:
    """One choice: its value, its name, and what tells it from others of that name."""

    value: str
    title: str
    detail: str = ""


def account_choices(viewer: User, text: str) -> list[Option]:
    """Return the accounts that match `text`, by name, at most MOST."""
    accounts = matching(Account.objects.visible_to(viewer), text)
    return [
        Option(str(each.pk), each.name, each.location or each.industry)
        for each in accounts.order_by("name", "pk")[:MOST]
    ]


def contact_choices(
    viewer: User, text: str, account_id: int | None = None
) -> list[Option]:
    """Return the contacts that match `text`, those of the account first."""
    contacts = matching(Contact.objects.visible_to(viewer), text)
    contacts = contacts.select_related("account")
    if account_id is None:
        found = list(contacts.order_by("name", "pk")[:MOST])
    else:
        own = contacts.filter(account=account_id).order_by("name", "pk")
        found = list(own[:MOST])
        others = contacts.exclude(account=account_id).order_by("name", "pk")
        if text.strip() and len(found) < MOST:
            found += others[: MOST - len(found)]
    return [_contact(each) for each in found]


def _contact(contact: Contact) -> Option:
    account = contact.account.name if contact.account else ""
    detail = ", ".join(filter(None, (contact.title, account)))
    return Option(str(contact.pk), contact.name, detail)


def opportunity_choices(viewer: User, text: str) -> list[Option]:
    """Return the open deals that match `text` by their name or their account's.

    Without a text, those that changed hands or had an activity last. Only deals that
    `viewer` may see.
    """
    deals = Opportunity.objects.visible_to(viewer).open().select_related("account")
    if text.strip():
        deals = named(deals, text, viewer).order_by("name", "pk")
    else:
        deals = deals.order_by("-last_activity_at", "-pk")
    return [
        Option(str(each.pk), each.name, each.account.name if each.account else "")
        for each in deals[:MOST]
    ]
