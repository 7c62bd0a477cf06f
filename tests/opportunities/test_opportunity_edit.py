from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from pipeline.opportunities import services
from pipeline.opportunities.models import Account, Opportunity
from tests.factories.opportunities import AccountFactory

HTMX = {"HX-Request": "true"}
NEW = reverse("opportunities:opportunity_create")


def edit_url(deal: Opportunity) -> str:
    return reverse("opportunities:opportunity_edit", args=[deal.pk])


def shown(deal: Opportunity, **changes: object) -> dict:
    """Return what the edit form sends back when the person changes `changes`."""
    values = {
        "name": deal.name,
        "amount": deal.amount or "",
        "close_on": deal.close_on or "",
        "next_step": deal.next_step,
        "next_step_on": deal.next_step_on or "",
        "external_url": deal.external_url,
        "description": deal.description,
    }
    initial = {f"initial-{name}": value for name, value in values.items()}
    account = deal.account_id or ""
    return {
        **initial,
        **values,
        "version": deal.version,
        "account": account,
        "account_was": account,
        **changes,
    }


def test_an_edit_is_saved_and_told(deal, rita, as_user) -> None:
    data = shown(deal, amount="20000", next_step="Visit")
    assert as_user(rita).post(edit_url(deal), data).status_code == 302
    deal.refresh_from_db()
    assert (deal.amount, deal.next_step) == (Decimal(20_000), "Visit")


def test_a_form_that_is_a_page_of_its_own_leads_to_the_deal(
    deal, rita, as_user
) -> None:
    on_its_page = HTMX | {"HX-Current-URL": f"http://testserver{edit_url(deal)}"}

    answer = as_user(rita).post(
        edit_url(deal), shown(deal, amount="20000"), headers=on_its_page
    )

    assert answer["HX-Redirect"] == deal.get_absolute_url()


def test_a_conflict_shows_both_sides_and_keeps_what_was_typed(
    deal, rita, lena, as_user
) -> None:
    mine = shown(deal, amount="30000", next_step="My step")
    services.edit(deal, {"amount": Decimal(15_000)}, by=lena, shown_version=1)

    answer = as_user(rita).post(edit_url(deal), mine, headers=HTMX)

    assert answer.status_code == 409
    assert "€15,000" in answer.text
    assert "€30,000" in answer.text
    assert "My step" in answer.text
    deal.refresh_from_db()
    assert deal.amount == Decimal(15_000)


def test_after_a_conflict_the_person_chooses_field_by_field(
    deal, rita, lena, as_user
) -> None:
    mine = shown(deal, amount="30000", next_step="My step")
    services.edit(
        deal,
        {"amount": Decimal(15_000), "close_on": date(2027, 5, 5)},
        by=lena,
        shown_version=1,
    )
    chosen = mine | {"version": 2, "theirs": ["amount"]}
    assert as_user(rita).post(edit_url(deal), chosen).status_code == 302

    deal.refresh_from_db()
    assert deal.amount == Decimal(15_000)
    assert deal.next_step == "My step"
    assert deal.close_on == date(2027, 5, 5)  # not touched by me


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "n" * 10_000),
        ("amount", "1e400"),
        ("amount", "-5"),
        ("amount", "NaN"),
        ("amount", "1" * 20),
        ("close_on", "0000-01-01"),
        ("close_on", "0001-01-01"),
        ("close_on", "9999-12-31"),
        ("close_on", "31.02."),
        ("external_url", "javascript:alert(1)"),
        ("account", "9" * 17),
    ],
)
def test_wrong_input_is_refused_and_shown_again(
    deal, rita, as_user, field: str, value: str
) -> None:
    answer = as_user(rita).post(edit_url(deal), shown(deal, **{field: value}))
    assert answer.status_code == 422
    deal.refresh_from_db()
    assert deal.version == 1


@pytest.mark.parametrize("version", ["", "9" * 40])
def test_an_edit_without_a_version_that_was_seen_is_a_conflict(
    deal, rita, as_user, version: str
) -> None:
    data = shown(deal, name="Mine", version=version)
    assert as_user(rita).post(edit_url(deal), data).status_code == 409
    deal.refresh_from_db()
    assert deal.version == 1


@pytest.mark.parametrize("name", ["🙂 Deal", "عقد التوريد", "Z͑ͫaͨlgo", "<b>x</b>"])
def test_any_script_and_any_sign_may_be_a_name(deal, rita, as_user, name: str) -> None:
    as_user(rita).post(edit_url(deal), shown(deal, name=name))
    deal.refresh_from_db()
    assert deal.name == name
    page = as_user(rita).get(deal.get_absolute_url())
    assert "<b>x</b>" not in page.text


def test_a_new_deal_takes_a_known_account_or_makes_it(process, rita, as_user) -> None:
    marlow = AccountFactory(name="Marlow Airports")
    browser = as_user(rita)
    browser.post(NEW, {"name": "One", "account": marlow.pk})
    browser.post(NEW, {"name": "Two", "account_q": "marlow airports"})
    browser.post(NEW, {"name": "Three", "account_q": "Nova", "account": "new"})

    accounts = dict(Opportunity.objects.values_list("name", "account__name"))
    assert accounts == {
        "One": "Marlow Airports",
        "Two": "Marlow Airports",
        "Three": "Nova",
    }
    assert Account.objects.count() == 2


def test_a_double_submit_makes_one_deal_and_one_account(process, rita, as_user) -> None:
    data = {"name": "A", "account_q": "Nova", "submission_key": str(uuid4())}
    browser = as_user(rita)
    places = {browser.post(NEW, data)["Location"] for _ in range(2)}
    assert len(places) == 1
    assert (Opportunity.objects.count(), Account.objects.count()) == (1, 1)


def test_owner_and_stage_cannot_be_smuggled_in(
    process, propose, rita, otto, as_user
) -> None:
    data = {"name": "A", "owner": otto.pk, "stage": propose.pk, "is_gated": ""}
    as_user(rita).post(NEW, data)
    deal = Opportunity.objects.get()
    assert (deal.owner, deal.stage.name) == (rita, "Discover")


def test_a_leader_may_choose_among_the_people_led(
    process, lena, rita, otto, as_user
) -> None:
    browser = as_user(lena)
    text = browser.get(NEW).text
    assert "Rita Reyes" in text
    assert "Otto Olsen" not in text
    browser.post(NEW, {"name": "A", "owner": rita.pk})
    assert Opportunity.objects.get().owner == rita
    refused = browser.post(NEW, {"name": "B", "owner": otto.pk})
    assert refused.status_code == 422
