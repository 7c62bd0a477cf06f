"""Accounts and contacts that turn out to be one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pipeline.opportunities import services as opportunities
from pipeline.opportunities.models import (
    Account,
    Contact,
    KeptApart,
    Opportunity,
    OpportunityContact,
)
from pipeline.opportunities.models.duplicates import DirectoryKind
from pipeline.opportunities.selectors.duplicates import pairs_of
from pipeline.opportunities.services.merging import MERGED_FIELDS, pointers
from rhythm.people.models import User
from rhythm.web.versions import Conflict
from scorecards.homes.merging import merge_records
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
from tests.imports.steps import a_file, bring_in, totals, upload

pytestmark = pytest.mark.django_db

type Record = Account | Contact


def merge(stays: Any, gone: Any, by: User, **values: Any) -> Any:
    """Merge two as they are now, with the values of the one that stays."""
    stays.refresh_from_db()
    gone.refresh_from_db()
    own = {name: getattr(stays, name) for name in MERGED_FIELDS[type(stays)]}
    shown = {stays.pk: stays.version, gone.pk: gone.version}
    return merge_records(stays, gone, own | values, by=by, shown=shown)


def pairs(kind: str, viewer: User) -> set[tuple[str, str]]:
    found = pairs_of(kind, viewer=viewer).pairs
    return {(pair.one.name, pair.other.name) for pair in found}


# -- What looks alike -------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Acme Ltd."}, {"name": "ACME  limited"}),
        ({"name": "Brennecke GmbH & Co. KG"}, {"name": "brennecke"}),
        ({"name": "Søby, A/S"}, {"name": "Søby"}),
        ({"name": "Ostia S.p.A."}, {"name": "OSTIA SpA"}),
        (
            {"name": "Tarn", "website": "https://www.tarn.example/about"},
            {"name": "Fell", "website": "http://TARN.example"},
        ),
    ],
)
def test_accounts_of_one_plain_name_or_website_look_alike(
    one: dict[str, str], other: dict[str, str], rita: User
) -> None:
    first, second = AccountFactory(**one), AccountFactory(**other)
    AccountFactory(name="Somebody else", website="https://else.example")
    assert pairs("accounts", rita) == {(first.name, second.name)}


def test_contacts_of_one_address_or_of_one_name_at_an_account_look_alike(
    rita: User,
) -> None:
    acme = AccountFactory(name="Acme")
    ContactFactory(name="Petra Voss", email="P.Voss@acme.example", account=acme)
    ContactFactory(name="P. Voss", email="p.voss@acme.example")
    ContactFactory(name="Petra Voss", account=acme)
    ContactFactory(name="Petra Voss")
    assert pairs("contacts", rita) == {
        ("Petra Voss", "P. Voss"),
        ("Petra Voss", "Petra Voss"),
    }
    assert len(pairs_of("contacts", viewer=rita).pairs) == 2


def test_names_without_letters_and_empty_addresses_are_not_alike(rita: User) -> None:
    for name in ("!!!", "??", "GmbH", "…"):
        AccountFactory(name=name)
    ContactFactory.create_batch(2, email="")
    assert not pairs("accounts", rita)
    assert not pairs("contacts", rita)


def test_what_was_said_not_to_be_the_same_is_remembered(
    rita: User, as_user: Callable[..., Client]
) -> None:
    one, other = AccountFactory(name="Acme"), AccountFactory(name="acme")
    url = reverse("homes:duplicate_dismiss", args=["accounts", other.pk, one.pk])
    browser = as_user(rita)
    assert browser.post(url).status_code == browser.post(url).status_code == 302
    assert KeptApart.objects.count() == 1
    assert not pairs("accounts", rita)


def test_what_was_said_of_the_one_that_went_holds_for_the_other(rita: User) -> None:
    one, other, third = (AccountFactory(name="Acme") for _each in range(3))
    page = pairs_of("accounts", viewer=rita)
    assert len(page.pairs) == 3
    other.refresh_from_db()

    opportunities.keep_apart(
        DirectoryKind.ACCOUNTS, other.pk, third.pk, by=rita, now=timezone.now()
    )
    merge(one, other, rita)
    assert not pairs("accounts", rita)


def test_two_are_offered_though_both_are_not_the_first(rita: User) -> None:
    first, second, third = (AccountFactory(name=name) for name in ("A", "a", "a!"))
    for each in (second, third):
        opportunities.keep_apart(
            DirectoryKind.ACCOUNTS, first.pk, each.pk, by=rita, now=timezone.now()
        )
    assert pairs("accounts", rita) == {("a", "a!")}


def test_pairs_come_a_page_at_a_time(rita: User) -> None:
    for number in range(30):
        AccountFactory(name=f"Acme {number}")
        AccountFactory(name=f"acme {number}")
    first = pairs_of("accounts", viewer=rita)
    key, _dash, other = first.next_after.partition("-")
    second = pairs_of("accounts", viewer=rita, after=(int(key), int(other)))
    assert (len(first.pairs), len(second.pairs)) == (25, 5)
    assert second.next_after == ""


# -- Merged -----------------------------------------------------------------------
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
    assert set(parts) == {
        (deal.pk, stays.pk, "Sponsor"),
        (other.pk, stays.pk, "Buyer"),
    }
    assert list(both.contacts.all()) == list(one.contacts.all()) == [stays]
    outcome.refresh_from_db()
    record.refresh_from_db()
    assert outcome.confirmed_by == record.contact == stays


def test_every_pointer_of_any_app_is_known() -> None:
    def named(model: type[Record]) -> set[str]:
        return {f"{each.model.__name__}.{each.name}" for each in pointers(model)}

    assert named(Account) == {
        "Account.parent",
        "Activity.account",
        "Contact.account",
        "Opportunity.account",
    }
    assert named(Contact) == {
        "Activity_contacts.contact",
        "CustomerOutcome.confirmed_by",
        "MilestoneRecord.contact",
        "OpportunityContact.contact",
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


# -- Files ------------------------------------------------------------------------
ACCOUNTS = "id,name,industry\nA1,Acme,Paper\nA2,Acme Corp,Steel\n"
DEALS = (
    "id,name,account id,account,stage,close date,owner\n"
    "1,Trench,A1,Acme,Discover,2026-12-01,Ada Abel\n"
    "2,Mast,A2,Acme Corp,Discover,2026-11-01,Ada Abel\n"
)
CONTACTS = (
    "id,first name,last name,email,account id\n"
    "C1,Petra,Voss,petra@acme.example,A1\n"
    "C2,P.,Voss,p.voss@acme.example,A2\n"
)


def test_the_next_export_finds_the_one_that_stayed(ada: User) -> None:
    a_process()
    files = (
        a_file("accounts.csv", ACCOUNTS),
        a_file("contacts.csv", CONTACTS),
        a_file("deals.csv", DEALS),
    )
    bring_in(upload(ada, *files))
    stays, gone = (Account.objects.get(external_id=each) for each in ("A1", "A2"))
    petra, voss = (Contact.objects.get(external_id=each) for each in ("C1", "C2"))
    merge(stays, gone, ada)
    merge(petra, voss, ada)

    more = "3,Relay,A2,Acme Corp,Discover,2026-12-01,Ada Abel\n"
    again = (
        a_file("accounts.csv", ACCOUNTS),
        a_file("contacts.csv", CONTACTS),
        a_file("deals.csv", DEALS + more),
    )
    run = bring_in(upload(ada, *again))
    assert totals(run) == {"same": 4, "skip": 2, "create": 1}
    assert set(Opportunity.objects.values_list("account", flat=True)) == {stays.pk}
    assert Account.objects.count() == Contact.objects.count() == 2
    stays.refresh_from_db()
    assert (stays.name, stays.industry) == ("Acme", "Paper")


def test_an_id_of_a_crm_goes_to_the_one_that_had_none(ada: User) -> None:
    a_process()
    bring_in(upload(ada, a_file("accounts.csv", ACCOUNTS)))
    gone = Account.objects.get(external_id="A2")
    stays = AccountFactory(name="Acme by hand", industry="Food")
    merge(stays, gone, ada)
    stays.refresh_from_db()
    assert stays.external_id == "A2"
    # What was chosen here stays; what changes there comes in.
    assert totals(bring_in(upload(ada, a_file("a.csv", ACCOUNTS)))) == {"same": 2}
    newer = ACCOUNTS.replace("Steel", "Glass")
    bring_in(upload(ada, a_file("accounts.csv", newer)))
    stays.refresh_from_db()
    assert stays.name == "Acme by hand"


def test_accounts_known_by_name_alone_are_not_made_again(ada: User) -> None:
    a_process()
    without = "name,industry\nAcme,Paper\nAcme Corp,Steel\n"
    deals = DEALS.replace("account id,", "").replace("A1,", "").replace("A2,", "")
    files = (a_file("accounts.csv", without), a_file("deals.csv", deals))
    bring_in(upload(ada, *files))
    stays, gone = (
        Account.objects.get(name="Acme"),
        Account.objects.get(name="Acme Corp"),
    )
    merge(stays, gone, ada)
    files = (a_file("accounts.csv", without), a_file("deals.csv", deals))
    run = bring_in(upload(ada, *files))
    assert totals(run) == {"same": 3, "skip": 1}
    assert Account.objects.count() == 2
    assert set(Opportunity.objects.values_list("account", flat=True)) == {stays.pk}


# -- The pages --------------------------------------------------------------------
def test_two_are_compared_and_merged_and_the_old_address_leads_on(
    rita: User, otto: User, as_user: Callable[..., Client]
) -> None:
    one = AccountFactory(name="Acme", industry="Paper")
    other = AccountFactory(name="Acme Corp", industry="Steel", external_id="A2")
    OpportunityFactory(owner=rita, account=one)
    OpportunityFactory(owner=otto, account=one, name="Foreign")
    browser = as_user(rita)
    assert (
        "Acme Corp"
        in browser.get(reverse("homes:duplicate_list", args=["accounts"])).text
    )
    url = reverse("homes:record_merge", args=["accounts", one.pk, other.pk])
    page = browser.get(url)
    assert page.context["stays"] == "other"
    assert page.context["found"].moving[0].one == 1
    assert "Foreign" not in page.text

    data = {"stays": "other", "name": "one", "version_one": 1, "version_other": 1}
    assert browser.post(url, data).url == other.get_absolute_url()
    other.refresh_from_db()
    assert (other.name, other.industry) == ("Acme", "Steel")
    assert browser.get(one.get_absolute_url()).url == other.get_absolute_url()
    edit = reverse("opportunities:account_edit", args=[one.pk])
    assert browser.post(edit, {"name": "X"}).url == edit.replace(
        str(one.pk), str(other.pk)
    )
    # A contact of it is one of the other, and its activities are shown there.
    contact = reverse("opportunities:contact_create", args=[one.pk])
    browser.post(contact, {"name": "Petra", "submission_key": str(uuid4())})
    assert Contact.objects.get().account == other
    ActivityFactory(account=other, opportunity=None, owner=rita, outcome="Met them")
    part = reverse("activities:account_activities", args=[one.pk])
    assert "Met them" in browser.get(part, headers={"HX-Request": "true"}).text
    every = reverse("activities:activity_list")
    assert "Met them" in browser.get(every, {"account": one.pk}).text
    # Sent twice, by an impatient finger.
    assert browser.post(url, data).url == other.get_absolute_url()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 422),
        ({"stays": "both"}, 422),
        ({"stays": "one"}, 409),
        ({"stays": "one", "version_one": "1", "version_other": "7"}, 409),
    ],
)
def test_what_is_wrong_is_said_and_nothing_moves(
    data: dict[str, str], status: int, rita: User, as_user: Callable[..., Client]
) -> None:
    one, other = ContactFactory(), ContactFactory()
    url = reverse("homes:record_merge", args=["contacts", one.pk, other.pk])
    answer = as_user(rita).post(url, data)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert Contact.objects.visible_to(rita).count() == 2


@pytest.mark.parametrize(
    "address",
    ["duplicates/people/", "duplicates/people/1/", "duplicates/accounts/1/1/"],
)
def test_there_is_nothing_else_to_merge(
    address: str, ada: User, as_user: Callable[..., Client]
) -> None:
    assert as_user(ada).get(f"/{address}").status_code == 404


def test_the_list_costs_the_same_for_any_number_of_pairs(
    rita: User,
    as_user: Callable[..., Client],
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    browser = as_user(rita)
    url = reverse("homes:duplicate_list", args=["accounts"])

    def cost(numbers: range) -> int:
        for number in numbers:
            AccountFactory(name=f"Acme {number}")
            AccountFactory(name=f"acme {number}")
        return count_queries(lambda: browser.get(url))

    assert cost(range(1)) == cost(range(1, 12))
