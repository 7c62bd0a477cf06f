"""The pages on which two are compared and merged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.opportunities.models import Contact
from rhythm.people.models import AuditEntry, AuditKind, User
from tests.factories.activities import ActivityFactory
from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    OpportunityFactory,
)
from tests.homes.merging import merge

pytestmark = pytest.mark.django_db


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
    entry = AuditEntry.objects.get(kind=AuditKind.RECORDS_MERGED)
    assert (entry.by, entry.subject, entry.text) == (rita, "Acme", "→ Acme")
    assert browser.get(one.get_absolute_url()).url == other.get_absolute_url()
    edit = reverse("opportunities:account_edit", args=[one.pk])
    assert browser.get(edit).url == edit.replace(str(one.pk), str(other.pk))
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
    ("factory", "page"),
    [(AccountFactory, "account_edit"), (ContactFactory, "contact_edit")],
)
def test_what_was_typed_of_one_that_was_merged_meanwhile_is_not_lost(
    rita: User, as_user: Callable[..., Client], factory: Any, page: str
) -> None:
    stays, gone = factory(name="Stays"), factory(name="Gone")
    # The same version as the form was of.
    merge(stays, gone, rita)
    url = reverse(f"opportunities:{page}", args=[gone.pk])
    stays.refresh_from_db()
    typed = {"name": "Typed for long", "version": stays.version}
    browser = as_user(rita)

    refused = browser.post(url, typed)

    assert refused.status_code == 409
    assert "Typed for long" in refused.text
    action = refused.context["action"]
    assert action == reverse(f"opportunities:{page}", args=[stays.pk])
    stays.refresh_from_db()
    assert stays.name == "Stays"
    assert browser.post(action, typed).status_code == 302
    stays.refresh_from_db()
    assert stays.name == "Typed for long"


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
