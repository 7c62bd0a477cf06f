"""Accounts and contacts that turn out to be one."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from pipeline.accounts.models import AccountPlan, PlanPerson
from pipeline.opportunities import services as opportunities
from pipeline.opportunities.models import Account, Contact, OpportunityContact
from pipeline.opportunities.services.merging import MERGED_FIELDS, pointers
from rhythm.people.models import User
from rhythm.web.versions import Conflict
from scorecards.homes.merging import merge_records
from tests.factories.accounts import PlanFactory, PlanPersonFactory
from tests.factories.activities import ActivityFactory
from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    CustomerOutcomeFactory,
    MilestoneRecordFactory,
    OpportunityContactFactory,
    OpportunityFactory,
)
from tests.factories.process import MilestoneFactory, a_process
from tests.homes.merging import merge

pytestmark = pytest.mark.django_db

type Record = Account | Contact


def test_all_that_hangs_on_an_account_moves(rita: User, otto: User) -> None:
    stays, gone = AccountFactory(name="Acme"), AccountFactory(name="Acme Corp")
    own = OpportunityFactory(owner=rita, account=gone)
    foreign = OpportunityFactory(owner=otto, account=gone)
    contact = ContactFactory(account=gone)
    activity = ActivityFactory(owner=rita, opportunity=own, account=gone)
    below = AccountFactory(name="Acme East", parent=gone)
    merge(stays, gone, rita)

    for record in (own, foreign, contact, activity):
        record.refresh_from_db()
        assert record.account == stays
    below.refresh_from_db()
    assert below.parent == stays
    gone.refresh_from_db()
    assert gone.merged_into == stays
    assert set(Account.objects.visible_to(rita)) == {stays, below}
    # Somebody who has the deal open is told, and history says what was.
    assert own.version == 2
    event = own.events.get()
    assert event.account_id == gone.pk
    assert event.pgh_context["merged"] == gone.pk


def test_all_that_hangs_on_a_contact_moves_and_no_part_is_there_twice(
    rita: User,
) -> None:
    stays, gone = ContactFactory(name="Petra"), ContactFactory(name="P. Voss")
    deal, other = OpportunityFactory(owner=rita), OpportunityFactory(owner=rita)
    OpportunityContactFactory(opportunity=deal, contact=stays)
    OpportunityContactFactory(opportunity=deal, contact=gone, role="Sponsor")
    OpportunityContactFactory(opportunity=other, contact=gone, role="Buyer")
    both, one = ActivityFactory(owner=rita), ActivityFactory(owner=rita)
    both.contacts.add(stays, gone)
    one.contacts.add(gone)
    outcome = CustomerOutcomeFactory(
        opportunity=deal, confirmed_by=gone, confirmed_on="2026-01-01"
    )
    record = MilestoneRecordFactory(
        opportunity=deal, milestone=MilestoneFactory(stage=deal.stage), contact=gone
    )
    merge(stays, gone, rita)

    parts = OpportunityContact.objects.values_list("opportunity", "contact", "role")
    assert set(parts) == {(deal.pk, stays.pk, "Sponsor"), (other.pk, stays.pk, "Buyer")}
    assert list(both.contacts.all()) == list(one.contacts.all()) == [stays]
    outcome.refresh_from_db()
    record.refresh_from_db()
    assert outcome.confirmed_by == record.contact == stays


def test_plans_of_both_accounts_are_left_and_nobody_is_on_a_map_twice(
    rita: User,
) -> None:
    stays, gone = AccountFactory(), AccountFactory()
    plans = [PlanFactory(account=each, owner=rita) for each in (stays, gone)]
    one, other = ContactFactory(account=stays), ContactFactory(account=gone)
    for contact in (one, other):
        PlanPersonFactory(plan=plans[0], contact=contact)
    merge(stays, gone, rita)
    merge(one, other, rita)

    assert list(AccountPlan.objects.filter(account=stays).order_by("pk")) == plans
    assert PlanPerson.objects.get().contact == one


def test_every_pointer_of_any_app_is_known() -> None:
    def named(model: type[Record]) -> set[str]:
        return {f"{each.model.__name__}.{each.name}" for each in pointers(model)}

    assert named(Account) == {
        "Account.parent",
        "AccountPlan.account",
        "Activity.account",
        "Contact.account",
        "Opportunity.account",
    }
    assert named(Contact) == {
        "Activity_contacts.contact",
        "CustomerOutcome.confirmed_by",
        "MilestoneRecord.contact",
        "OpportunityContact.contact",
        "PlanOutcome.confirmed_by",
        "PlanPerson.contact",
    }


def test_values_are_taken_as_they_were_chosen(rita: User) -> None:
    stays = AccountFactory(name="Acme", industry="Paper")
    gone = AccountFactory(name="Acme Corp", website="https://acme.example")
    merge(stays, gone, rita, name="Acme Corp", website="https://acme.example")
    stays.refresh_from_db()
    assert (stays.name, stays.industry) == ("Acme Corp", "Paper")
    assert stays.website == "https://acme.example"
    assert stays.version == 2
    assert stays.events.latest("pgh_id").name == "Acme"


def test_an_account_never_belongs_to_itself(rita: User) -> None:
    top = AccountFactory(name="Top")
    gone = AccountFactory(name="Acme Group", parent=top)
    between = AccountFactory(name="Acme Europe", parent=gone)
    stays = AccountFactory(name="Acme", parent=between)
    merge(stays, gone, rita)
    stays.refresh_from_db()
    between.refresh_from_db()
    assert (between.parent, stays.parent) == (stays, None)

    child = AccountFactory(name="Acme North", parent=stays)
    merge(child, stays, rita)
    child.refresh_from_db()
    assert child.parent is None
    below = AccountFactory(name="Acme South", parent=child)
    child.parent = top
    child.save()
    merge(below, child, rita, parent=child)
    below.refresh_from_db()
    assert below.parent == top


def test_what_was_merged_before_leads_to_the_last_one(rita: User) -> None:
    first, second, third = (AccountFactory(name=f"Acme {n}") for n in range(3))
    merge(second, first, rita)
    merge(third, second, rita)
    first.refresh_from_db()
    assert first.merged_into == third


def test_a_change_meanwhile_is_told_and_nothing_moves(rita: User) -> None:
    stays, gone = AccountFactory(), AccountFactory()
    deal = OpportunityFactory(owner=rita, account=gone)
    values = {name: getattr(stays, name) for name in MERGED_FIELDS[Account]}
    Account.objects.filter(pk=gone.pk).update(name="Newer", version=2)
    with pytest.raises(Conflict):
        merge_records(stays, gone, values, by=rita, shown={stays.pk: 1, gone.pk: 1})
    deal.refresh_from_db()
    assert deal.account == gone


def test_who_only_reads_merges_nothing_and_nothing_merges_with_itself(
    max_: User, rita: User
) -> None:
    stays, gone = AccountFactory(), AccountFactory()
    with pytest.raises(PermissionDenied):
        merge(stays, gone, max_)
    with pytest.raises(ValidationError):
        merge(stays, stays, rita)


def test_a_name_that_was_merged_away_is_the_one_that_stayed(rita: User) -> None:
    a_process()
    stays, gone = AccountFactory(name="Acme"), AccountFactory(name="Acme Corp")
    merge(stays, gone, rita)

    deal = opportunities.create(
        {"name": "Pumps"}, owner=rita, now=timezone.now(), account_name="acme corp"
    )
    assert deal.account == stays
