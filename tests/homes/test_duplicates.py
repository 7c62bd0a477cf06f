"""Accounts and contacts that look alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pipeline.opportunities import services as opportunities
from pipeline.opportunities.models import KeptApart
from pipeline.opportunities.models.duplicates import DirectoryKind
from pipeline.opportunities.selectors.duplicates import pairs_of
from rhythm.people.models import User
from tests.factories.opportunities import AccountFactory, ContactFactory
from tests.homes.merging import merge, pairs

pytestmark = pytest.mark.django_db


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
