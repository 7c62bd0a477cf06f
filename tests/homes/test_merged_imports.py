"""Files that still name what was merged away."""

from __future__ import annotations

import pytest

from pipeline.opportunities.models import Account, Contact, Opportunity
from rhythm.people.models import User
from tests.factories.opportunities import AccountFactory
from tests.factories.process import a_process
from tests.homes.merging import merge
from tests.imports.steps import a_file, bring_in, totals, upload

pytestmark = pytest.mark.django_db


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
