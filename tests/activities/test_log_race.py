"""Many equal forms at once, from browsers of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pipeline.activities import services
from pipeline.activities.models import Activity
from pipeline.activities.services.log import Entry
from pipeline.opportunities.models import Contact, Opportunity
from pipeline.opportunities.services.merging import MERGED_FIELDS, merge_into
from rhythm.commitments.models import Commitment
from rhythm.people.models import User
from tests.factories.activities import ActivityFactory
from tests.factories.opportunities import ContactFactory, OpportunityFactory

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 50


def post_at_once(person: User, url: str, values: dict[str, object]) -> list[int]:
    """Return the statuses of MANY equal posts that begin together."""
    browser = Client()
    browser.force_login(person)
    gate = Barrier(10)

    def post(number: int) -> int:
        own = Client()
        own.cookies = browser.cookies
        if number < gate.parties:
            gate.wait(timeout=120)
        try:
            return own.post(url, values).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=gate.parties) as pool:
        return list(pool.map(post, range(MANY)))


def test_fifty_equal_posts_log_one_activity(rita, kinds):
    deal = OpportunityFactory(owner=rita)
    values: dict[str, object] = {
        "kind": kinds[0].pk,
        "subject": f"deal:{deal.pk}",
        "new_contact": "Maeve Doyle",
        "next_step": "Survey",
        "next_step_on": deal.close_on.isoformat(),
        "submission_key": str(uuid4()),
    }

    statuses = post_at_once(rita, reverse("activities:log"), values)

    assert statuses == [302] * MANY
    assert Activity.everything.count() == 1
    assert Contact.objects.count() == 1
    assert Opportunity.objects.get(pk=deal.pk).next_step == "Survey"


def test_of_fifty_changes_of_one_entry_one_wins(rita, kinds):
    deal = OpportunityFactory(owner=rita)
    made = ActivityFactory(opportunity=deal, kind=kinds[0])
    values: dict[str, object] = {
        "kind": kinds[0].pk,
        "subject": f"deal:{deal.pk}",
        "outcome": "Better",
        "version": 1,
    }
    url = reverse("activities:activity_edit", args=[made.pk])

    statuses = post_at_once(rita, url, values)

    assert sorted(statuses) == [302] + [409] * (MANY - 1)


def test_fifty_equal_posts_make_one_commitment(rita, lena):
    values: dict[str, object] = {
        "what": "Send the offer",
        "promiser": rita.pk,
        "receiver": lena.pk,
        "due_on": "2030-01-01",
        "submission_key": str(uuid4()),
    }

    statuses = post_at_once(rita, reverse("commitments:commitment_create"), values)

    assert statuses == [302] * MANY
    assert Commitment.objects.count() == 1


@pytest.mark.parametrize("is_new", [True, False])
def test_who_was_merged_since_the_form_was_filled_is_who_that_is_now(
    rita, kinds, is_new
):
    stays, gone = ContactFactory(), ContactFactory()
    deal = OpportunityFactory(owner=rita)
    made = ActivityFactory(opportunity=deal, kind=kinds[0])
    values = {name: getattr(stays, name) for name in MERGED_FIELDS[Contact]}
    shown = {each.pk: each.version for each in (stays, gone)}
    merge_into(stays, gone, values, by=rita, shown=shown)

    entry = Entry(kinds[0], opportunity=deal, contacts=[gone, stays])
    now = timezone.now()
    if is_new:
        made = services.log(entry, by=rita, now=now)
    else:
        made = services.change(made, entry, by=rita, now=now)

    assert list(made.contacts.all()) == [stays]
