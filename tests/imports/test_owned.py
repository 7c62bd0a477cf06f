"""What a CRM keeps of its deals is read-only here, and each import brings it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pipeline.opportunities import services
from pipeline.opportunities.models import Opportunity, Source
from pipeline.opportunities.models.sources import KEPT_FIELDS
from pipeline.process.models import Stage
from rhythm.people.models import User
from tests.factories.process import a_process
from tests.imports.steps import a_file, bring_in, rows, totals, upload

pytestmark = pytest.mark.django_db

DEALS = (
    "id,name,account,stage,amount,close date,next step,owner,product,url\n"
    "1,Trench,Acme,Discover,100,2026-12-01,Call,Ada,Spade,https://crm.example/1\n"
)


@pytest.fixture
def deal(ada: User) -> Opportunity:
    """A deal of a CRM that keeps everything that it can."""
    a_process()
    bring_in(upload(ada, a_file("deals.csv", DEALS)), owners={"Ada": ada.pk})
    Source.objects.update(title="Salesforce", owned=list(KEPT_FIELDS))
    return Opportunity.objects.get()


def test_services_refuse_what_the_crm_keeps(
    deal: Opportunity, ada: User, rita: User
) -> None:
    now = timezone.now()
    propose = Stage.objects.get(name="Propose")
    before = services.Standing.of(deal)
    tries: list[Callable[[], Any]] = [
        lambda: services.edit(deal, {"amount": 7}, by=ada, shown_version=None),
        lambda: services.edit(deal, {"products": []}, by=ada, shown_version=None),
        lambda: services.edit(
            deal, {}, by=ada, shown_version=None, account_name="Other"
        ),
        lambda: services.set_next_step(deal, text="Visit", on=None, by=ada),
        lambda: services.assign(deal, to=rita, by=ada),
        lambda: services.move(deal, to=propose, by=ada, now=now, reason="So"),
        lambda: services.undo_move(deal, before, by=ada, shown_version=deal.version),
        lambda: services.close(deal, outcome="lost", reason="So", by=ada, now=now),
    ]
    for attempt in tries:
        with pytest.raises(ValidationError, match="Kept in Salesforce"):
            attempt()
    deal.refresh_from_db()
    assert (deal.amount, deal.version) == (100, 1)


def test_saving_what_is_there_anyway_is_not_refused(
    deal: Opportunity, ada: User
) -> None:
    values = {"amount": deal.amount, "external_url": "https://crm.example/one"}
    edited = services.edit(deal, values, by=ada, shown_version=None)
    assert edited.external_url == "https://crm.example/one"


def test_what_the_crm_keeps_comes_in_whatever_was_edited_here(
    deal: Opportunity, ada: User
) -> None:
    Opportunity.objects.update(amount=90, stage=Stage.objects.get(name="Propose"))
    run = bring_in(upload(ada, a_file("deals.csv", DEALS)), owners={"Ada": ada.pk})
    assert totals(run) == {"change": 1}
    assert all("how" not in each for each in rows(run, action="change")[0].changes)
    deal.refresh_from_db()
    assert (deal.amount, deal.stage.name) == (100, "Discover")


def test_pages_say_where_it_is_kept_and_as_of_when(
    deal: Opportunity, ada: User, as_user: Callable[..., Client]
) -> None:
    Source.objects.update(as_of=timezone.now() - timedelta(days=1))
    browser = as_user(ada)
    page = browser.get(deal.get_absolute_url()).content.decode()
    assert "Kept in Salesforce:" in page
    assert "Salesforce as of" in page
    edit = reverse("opportunities:opportunity_edit", args=[deal.pk])
    form = browser.get(edit).content.decode()
    assert "What Salesforce keeps is changed there." in form
    assert "https://crm.example/1" in form
    for name in ("opportunities:board", "opportunities:opportunity_list"):
        text = browser.get(reverse(name)).content.decode()
        assert "Salesforce as of" in text
        assert "ept in Salesforce" in text
    cell = reverse("opportunities:opportunity_cell", args=[deal.pk, "amount"])
    part = browser.get(f"{cell}?edit=1", headers={"HX-Request": "true"})
    assert "<form" not in part.content.decode()
    answer = browser.post(
        cell, {"value": "7", "version": 1}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422


def test_an_edit_form_saves_what_is_ours(
    deal: Opportunity, ada: User, as_user: Callable[..., Client]
) -> None:
    Source.objects.update(owned=["amount", "account", "stage"])
    url = reverse("opportunities:opportunity_edit", args=[deal.pk])
    data = {"version": 1, "name": "Trench 2", "initial-name": "Trench", "amount": "7"}
    answer = as_user(ada).post(url, data)
    assert answer.status_code == 302, answer.content.decode()
    deal.refresh_from_db()
    assert (deal.name, deal.amount, deal.account.name) == ("Trench 2", 100, "Acme")  # type: ignore[union-attr]
