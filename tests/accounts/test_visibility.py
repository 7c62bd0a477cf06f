"""Who reads a plan, who changes it, and what it says of deals."""

from __future__ import annotations

import pytest
from django.urls import reverse

from pipeline.accounts.models import AccountPlan
from tests.factories.accounts import FieldCellFactory, PlanFactory
from tests.factories.opportunities import (
    CustomerOutcomeFactory,
    OpportunityFactory,
    ProductFactory,
)

pytestmark = pytest.mark.django_db


def seen(viewer, plan):
    return AccountPlan.objects.visible_to(viewer).filter(pk=plan.pk).exists()


def edits(viewer, plan):
    return AccountPlan.objects.editable_by(viewer).filter(pk=plan.pk).exists()


def test_owner_leaders_executives_and_admins_read_it(plan, rita, lena, vera, max_, ada):
    assert all(seen(each, plan) for each in (rita, lena, vera, max_, ada))


def test_owner_and_leaders_change_it_and_nobody_else(plan, rita, lena, vera, max_, ada):
    assert all(edits(each, plan) for each in (rita, lena, vera))
    assert not any(edits(each, plan) for each in (max_, ada))


def test_others_see_nothing_until_they_sell_there(plan, otto, omar):
    assert not seen(otto, plan)
    OpportunityFactory(owner=otto, account=plan.account)
    assert seen(otto, plan)
    assert seen(omar, plan)
    assert not edits(otto, plan)
    assert not edits(omar, plan)


def test_a_deal_without_an_account_opens_no_plan(plan, otto):
    OpportunityFactory(owner=otto, account=None)
    assert not seen(otto, plan)


def test_deals_of_others_do_not_show(plan, otto, rita, as_user):
    pump = ProductFactory(name="Pump")
    theirs = OpportunityFactory(owner=otto, account=plan.account, name="Secret deal")
    theirs.products.add(pump)
    CustomerOutcomeFactory(opportunity=theirs, words="Secret outcome")
    FieldCellFactory(
        plan=plan, product=pump, state="deal", opportunity=theirs, note="Secret note"
    )
    address = plan.get_absolute_url()
    assert "Secret" not in as_user(rita).get(address).text
    assert "Secret deal" in as_user(otto).get(address).text
    cell = reverse("accounts:field_cell", args=[plan.pk, 0, pump.pk])
    assert "Secret" not in as_user(rita).get(cell).text


def test_a_change_to_a_hidden_cell_tells_nothing_of_it(plan, otto, rita, as_user):
    pump = ProductFactory()
    theirs = OpportunityFactory(owner=otto, account=plan.account, name="Secret deal")
    FieldCellFactory(
        plan=plan, product=pump, state="deal", opportunity=theirs, note="Secret note"
    )
    address = reverse("accounts:field_cell", args=[plan.pk, 0, pump.pk])
    answer = as_user(rita).post(address, {"state": "not_yet", "version": 0})
    assert answer.status_code == 409
    assert "Secret" not in answer.text


def test_saving_a_hidden_cell_as_shown_takes_nothing_away(plan, otto, rita, as_user):
    """It shows as if nobody had asked; what a colleague said stays."""
    pump = ProductFactory()
    theirs = OpportunityFactory(owner=otto, account=plan.account)
    cell = FieldCellFactory(plan=plan, product=pump, state="deal", opportunity=theirs)
    address = reverse("accounts:field_cell", args=[plan.pk, 0, pump.pk])
    answer = as_user(rita).post(address, {"state": "", "version": cell.version})
    assert answer.status_code == 302
    cell.refresh_from_db()
    assert cell.opportunity == theirs


def test_nobody_learns_whether_there_is_a_plan(plan, otto, as_user):
    browser = as_user(otto)
    without = OpportunityFactory().account_id
    pages = [
        browser.get(reverse("accounts:plan_create", args=[each]))
        for each in (plan.account_id, without)
    ]
    assert [each.status_code for each in pages] == [200, 200]
    assert all("No plan that you may see" in each.text for each in pages)


def test_the_list_costs_the_same_for_many(rita, as_user, count_queries):
    browser = as_user(rita)
    address = reverse("accounts:plan_list") + "?show=all"
    PlanFactory(owner=rita)
    few = count_queries(lambda: browser.get(address))
    PlanFactory.create_batch(10, owner=rita)
    assert count_queries(lambda: browser.get(address)) == few


def test_the_list_is_paged_by_its_key(rita, as_user):
    plans = PlanFactory.create_batch(30, owner=rita)
    browser, address = as_user(rita), reverse("accounts:plan_list")
    first = browser.get(address)
    after = first.context["page"].after
    second = browser.get(address, {"after": after})
    shown = [*first.context["page"].rows, *second.context["page"].rows]
    assert len({each.url for each in shown}) == len(plans)
    assert second.context["page"].after == ""
    for nonsense in ("x", "2026-01-01_x", "9999-99-99_1", "2026-01-01_" + "9" * 40):
        assert browser.get(address, {"after": nonsense}).status_code == 200
