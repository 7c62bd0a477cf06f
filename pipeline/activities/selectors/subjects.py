"""What an activity may hang on: deals and accounts, as choices of a form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.translation import gettext as _

from pipeline.activities.models import Activity
from pipeline.opportunities.models import Account, Contact, Opportunity
from pipeline.opportunities.selectors.search import matching, named
from rhythm.people.models import User

# So many recent ones are offered, and so many found while typing.
RECENT = 5
FOUND = 6
# Enough to tick; a customer with more is searched for by name.
PEOPLE = 24


@dataclass(frozen=True)
class Subject:
    """A deal or an account. `value` is what the form sends back."""

    value: str
    title: str
    detail: str

    @property
    def is_deal(self) -> bool:
        return self.value.startswith("deal:")


@dataclass(frozen=True)
class Person:
    """A contact who may have been there."""

    pk: int
    name: str
    title: str


type Record = Opportunity | Account


def value_of(record: Record) -> str:
    """Return what stands for the deal or account in a form: "deal:42"."""
    kind = "deal" if isinstance(record, Opportunity) else "account"
    return f"{kind}:{record.pk}"


def subject_of(value: str, person: User) -> Record | None:
    """Return the deal or account that `value` names, if `person` may log on it."""
    found = re.fullmatch(r"(deal|account):([0-9]{1,18})", value)
    if found is None:
        return None
    pk = int(found[2])
    if found[1] == "account":
        return Account.objects.editable_by(person).filter(pk=pk).first()
    deals = Opportunity.objects.editable_by(person).select_related("account")
    return deals.filter(pk=pk).first()


def recent(
    person: User, chosen: Record | None = None, *, is_filled: bool = True
) -> list[Subject]:
    """Return what `person` works on: the chosen one first, then the latest logged.

    is_filled fills it up with the own open deals whose next step comes first, with
    another query.
    """
    logged = Activity.objects.editable_by(person).select_related(
        "opportunity__account", "account"
    )
    records: list[Record] = [chosen] if chosen else []
    for activity in logged.order_by("-happened_at", "-pk")[: RECENT * 4]:
        record = activity.opportunity or activity.account
        if isinstance(record, Account) or (record and record.is_open):
            records.append(record)
    if is_filled:
        own = Opportunity.objects.filter(owner=person).open().select_related("account")
        records += own.order_by(F("next_step_on").asc(nulls_last=True), "pk")[:RECENT]
    return _distinct(records)[:RECENT]


def found(person: User, text: str) -> list[Subject]:
    """Return the open deals and the accounts that match `text`, deals first."""
    if not text.strip():
        return []
    accounts = matching(Account.objects.editable_by(person), text)
    deals = Opportunity.objects.editable_by(person).open().select_related("account")
    matched = named(deals, text, person).order_by("name", "pk")
    records: list[Record] = list(matched[:FOUND])
    records += accounts.order_by("name", "pk")[:FOUND]
    return _distinct(records)


def people_of(record: Record | None) -> list[Person]:
    """Return the contacts of the deal and of its account, by name. One query."""
    if record is None:
        return []
    if isinstance(record, Account):
        who = Q(account=record)
    else:
        parts = record.contact_roles.values("contact")
        who = Q(pk__in=parts)
        if record.account_id:
            who |= Q(account=record.account_id)
    contacts = Contact.objects.standing().filter(who).order_by("name", "pk")[:PEOPLE]
    return [Person(each.pk, each.name, each.title) for each in contacts]


def _distinct(records: Iterable[Record]) -> list[Subject]:
    named = {value_of(each): each for each in records}
    return [_subject(value, each) for value, each in named.items()]


def _subject(value: str, record: Record) -> Subject:
    if isinstance(record, Account):
        return Subject(value, record.name, _("Account"))
    return Subject(value, record.name, record.account.name if record.account else "")
