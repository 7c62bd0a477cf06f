"""The open field of a plan: what is said of each product in each area."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from pipeline.accounts import services
from pipeline.accounts.models import FieldCell
from pipeline.accounts.selectors.field import MOST_PRODUCTS
from rhythm.web.versions import Conflict
from tests.factories.opportunities import OpportunityFactory, ProductFactory

pytestmark = pytest.mark.django_db


def test_the_field_says_how_a_product_stands(plan, deal, rita):
    pump = ProductFactory()
    say = {"by": rita, "shown_version": 0}
    services.say_of_field(
        plan, None, pump, {"state": "deal", "opportunity": deal, "note": ""}, **say
    )
    with pytest.raises(Conflict):
        services.say_of_field(plan, None, pump, {"state": "sold"}, **say)
    cell = FieldCell.objects.get()
    services.say_of_field(
        plan, None, pump, {"state": "sold"}, by=rita, shown_version=cell.version
    )
    assert FieldCell.objects.get().opportunity is None


def test_an_open_deal_has_to_be_named(plan, rita, as_user):
    address = reverse("accounts:field_cell", args=[plan.pk, 0, ProductFactory().pk])
    answer = as_user(rita).post(address, {"state": "deal", "version": 0})
    assert answer.status_code == 422
    assert not FieldCell.objects.exists()


def test_the_field_follows_what_becomes_of_a_deal(plan, deal, rita, as_user):
    closed = {"outcome": "lost", "closed_on": date(2026, 1, 1)}
    lost = OpportunityFactory(owner=rita, account=plan.account, **closed)
    pump = ProductFactory(name="Pump")
    address = reverse("accounts:field_cell", args=[plan.pk, 0, pump.pk])

    def shown():
        page = as_user(rita).get(plan.get_absolute_url())
        return page.context["plan"].field

    for chosen, look in ((deal, "deal"), (lost, "not_yet")):
        values = {"state": "deal", "opportunity": chosen, "note": ""}
        services.say_of_field(plan, None, pump, values, by=rita, shown_version=None)
        assert shown().rows[0].cells[0].look.css == look
        # What is closed is on offer no more, unless it was chosen.
        form = as_user(rita).get(address).context["form"]
        assert set(form.fields["opportunity"].queryset) == {deal, chosen}
    lost.outcome, lost.stage = "won", deal.process.stages.get(kind="won")
    lost.save()
    assert shown().sold == 1


def test_deals_fill_the_field_where_nobody_said_anything(plan, deal, rita, as_user):
    deal.products.add(ProductFactory(name="Pump"))
    page = as_user(rita).get(plan.get_absolute_url())
    cell = page.context["plan"].field.rows[0].cells[0]
    assert cell.look.css == "deal"
    assert cell.deal.name == "Sensors"


def test_what_something_is_said_of_comes_first_and_the_rest_is_counted(
    plan, rita, as_user
):
    ProductFactory.create_batch(MOST_PRODUCTS + 1)
    ProductFactory(name="Abacus", is_active=False)
    gone = ProductFactory(name="Zither", is_active=False)
    said = {"state": "sold", "note": ""}
    services.say_of_field(plan, None, gone, said, by=rita, shown_version=0)
    field = as_user(rita).get(plan.get_absolute_url()).context["plan"].field
    names = [each.name for each in field.rows]
    assert len(names) == MOST_PRODUCTS
    assert "Zither" in names
    assert "Abacus" not in names
    assert field.more == 2
