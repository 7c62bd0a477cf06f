"""Next week's export: what changed there, what changed here, and what changed twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from pipeline.imports import conflicts, services
from pipeline.imports.models import ImportRun
from pipeline.opportunities.models import Account, Opportunity, Product
from pipeline.opportunities.services import say_still_there
from pipeline.process.models import Stage
from rhythm.people.models import User
from tests.factories.process import a_process
from tests.imports.steps import (
    NOW,
    a_file,
    bring_in,
    check,
    rows,
    totals,
    upload,
    worked,
)

pytestmark = pytest.mark.django_db

HEAD = "id,name,account,stage,amount,close date,next step,owner,product\n"
FIRST = "1,Trench,Acme,Discover,100,2026-12-01,Call,Otto Ode,Spade\n"


@pytest.fixture
def deal(ada: User) -> Opportunity:
    """A deal that an export has brought in, with every field that one may have."""
    a_process()
    assert totals(brought(ada, FIRST))["create"] == 4
    return Opportunity.objects.get()


def brought(ada: User, lines: str, **answers: Any) -> ImportRun:
    return bring_in(upload(ada, a_file("deals.csv", HEAD + lines)), **answers)


def checked(ada: User, lines: str) -> ImportRun:
    return check(upload(ada, a_file("deals.csv", HEAD + lines)))


def edited(deal: Opportunity, **values: Any) -> Opportunity:
    """Change the deal here, as somebody would."""
    for name, value in values.items():
        setattr(deal, name, value)
    deal.version += 1
    deal.save(update_fields=[*values, "version"])
    return deal


def found(run: ImportRun) -> dict[str, Any]:
    """Return the differences of the only deal, by field."""
    changes = rows(run, kind="opportunities")[0].changes
    return {each["field"]: each for each in changes}


def test_what_was_edited_here_and_not_there_stays(ada: User, deal: Opportunity) -> None:
    edited(deal, next_step="Visit them", close_on=date(2026, 12, 24), amount=90)
    run = brought(ada, FIRST)
    assert totals(run) == {"same": 1}
    assert {name: each["how"] for name, each in found(run).items()} == {
        "next_step": "kept",
        "close_on": "kept",
        "amount": "kept",
    }
    deal.refresh_from_db()
    assert (deal.next_step, deal.amount, deal.version) == ("Visit them", 90, 2)


def test_what_changed_there_and_not_here_comes_in(ada: User, deal: Opportunity) -> None:
    edited(deal, next_step="Visit them")
    run = brought(ada, FIRST.replace("100", "250").replace("Otto Ode", "Nora Nau"))
    assert totals(run)["change"] == 1
    assert found(run)["amount"] == {"field": "amount", "old": 100, "new": 250}
    deal.refresh_from_db()
    assert (deal.amount, deal.owner.name) == (Decimal(250), "Nora Nau")
    assert deal.next_step == "Visit them"


def test_what_changed_on_both_sides_is_a_conflict_and_ours_stays(
    ada: User, deal: Opportunity
) -> None:
    edited(deal, close_on=date(2026, 12, 24))
    lines = FIRST.replace("2026-12-01", "2027-01-31").replace("Trench", "Trench 2")
    run = checked(ada, lines)
    assert totals(run) == {"conflict": 1}
    assert found(run)["close_on"] == {
        "field": "close_on",
        "old": "2026-12-24",
        "new": "2027-01-31",
        "last": "2026-12-01",
        "how": "ours",
    }
    run = brought(ada, lines)
    assert totals(run) == {"change": 1}
    deal.refresh_from_db()
    assert (deal.name, deal.close_on) == ("Trench 2", date(2026, 12, 24))


def test_a_conflict_that_was_settled_is_not_asked_again(
    ada: User, deal: Opportunity
) -> None:
    edited(deal, close_on=date(2026, 12, 24))
    lines = FIRST.replace("2026-12-01", "2027-01-31")
    brought(ada, lines)
    assert totals(checked(ada, lines)) == {"same": 1}
    assert found(checked(ada, lines))["close_on"]["how"] == "kept"
    later = checked(ada, FIRST.replace("2026-12-01", "2027-02-28"))
    assert found(later)["close_on"]["last"] == "2027-01-31"


@pytest.mark.parametrize("is_for_all", [True, False])
def test_the_file_may_win_a_conflict_for_all_or_one_by_one(
    ada: User, deal: Opportunity, is_for_all: bool
) -> None:
    propose = Stage.objects.get(name="Propose")
    edited(deal, close_on=date(2026, 12, 24), stage=propose)
    lines = FIRST.replace("2026-12-01", "2027-01-31").replace("Discover", "Won")
    chosen: dict[str, Any] = {"all": "theirs"}
    if not is_for_all:
        chosen = {"opportunities": {str(deal.pk): {"stage": "theirs"}}}
    run = brought(ada, lines, conflicts=chosen)
    assert totals(run) == {"change": 1}
    deal.refresh_from_db()
    assert (deal.stage.name, deal.outcome, deal.closed_from) == ("Won", "won", propose)
    assert deal.closed_on == date(2027, 1, 31)
    assert deal.close_on == date(2027, 1, 31) if is_for_all else date(2026, 12, 24)


def test_a_stage_that_stays_keeps_how_the_deal_closed(
    ada: User, deal: Opportunity
) -> None:
    propose = Stage.objects.get(name="Propose")
    edited(deal, stage=propose)
    run = brought(ada, FIRST.replace("Discover", "Won"))
    assert found(run)["stage"]["how"] == "ours"
    deal.refresh_from_db()
    assert (deal.stage, deal.outcome, deal.closed_on) == (propose, "", None)


def test_products_chosen_here_stay(ada: User, deal: Opportunity) -> None:
    deal.products.clear()
    assert totals(brought(ada, FIRST)) == {"same": 1}
    assert not deal.products.exists()
    run = brought(ada, FIRST.replace("Spade", "Shovel"))
    assert found(run)["product"]["how"] == "ours"
    assert found(run)["product"]["last"] == "Spade"


def test_a_price_that_stood_in_gives_way_to_a_stated_one(ada: User) -> None:
    a_process()
    files = [
        a_file("products.csv", "product,price\nSpade,40\n"),
        a_file("deals.csv", HEAD + FIRST.replace("100", "")),
    ]
    bring_in(upload(ada, *files))
    deal = Opportunity.objects.get()
    assert (deal.amount, deal.amount_source) == (40, "list_price")
    run = brought(ada, FIRST)
    assert found(run)["amount"] == {"field": "amount", "old": 40, "new": 100}
    deal.refresh_from_db()
    assert (deal.amount, deal.amount_source) == (100, "stated")


def test_an_account_made_by_hand_is_filled_up_and_contradiction_is_a_conflict(
    ada: User,
) -> None:
    Account.objects.create(name="Acme", industry="Mining")
    text = "name,industry,location\nacme,Retail,Ghent\n"
    run = bring_in(upload(ada, a_file("accounts.csv", text)))
    assert totals(run) == {"change": 1}
    account = Account.objects.get()
    assert (account.industry, account.location) == ("Mining", "Ghent")


def test_empty_cells_say_nothing_and_forget_nothing(
    ada: User, deal: Opportunity
) -> None:
    edited(deal, next_step="Visit them")
    assert totals(brought(ada, FIRST.replace("Call", ""))) == {"same": 1}
    assert totals(brought(ada, FIRST)) == {"same": 1}
    deal.refresh_from_db()
    assert deal.next_step == "Visit them"


def test_conflicts_are_listed_and_settled_on_the_page(
    ada: User, deal: Opportunity, as_user: Callable[..., Client]
) -> None:
    edited(deal, close_on=date(2026, 12, 24))
    run = checked(ada, FIRST.replace("2026-12-01", "2027-01-31"))
    browser = as_user(ada)
    text = browser.get(run.get_absolute_url()).content.decode()
    assert "1 row changed here and in the file" in text
    for side in ("24 Dec 2026", "31 Jan 2027", "1 Dec 2026"):
        assert side in text
    url = reverse("imports:settle", args=[run.pk])
    one = {"kind": "opportunities", "target": deal.pk, "field": "close_on"}
    answer = browser.post(url, {"choice": "theirs", **one})
    assert answer.status_code == 302
    answer = browser.post(
        url, {"choice": "theirs", **one}, headers={"HX-Request": "true"}
    )
    assert 'value="theirs" aria-pressed="true"' in answer.content.decode()
    run.refresh_from_db()
    worked(services.start_run(run))
    deal.refresh_from_db()
    assert deal.close_on == date(2027, 1, 31)


def test_only_a_conflict_can_be_settled(ada: User, deal: Opportunity) -> None:
    run = checked(ada, FIRST)
    with pytest.raises(ValidationError, match="not in conflict"):
        conflicts.settle(
            run, "theirs", kind="opportunities", target=deal.pk, field="name"
        )


def test_a_parent_and_a_price_that_were_changed_here_stay(ada: User) -> None:
    accounts = "name,parent\nAcme,\nBolt,Acme\nCrate,\n"
    products = "product,price\nSpade,40\n"
    files = (a_file("accounts.csv", accounts), a_file("products.csv", products))
    bring_in(upload(ada, *files))
    crate, bolt = Account.objects.get(name="Crate"), Account.objects.get(name="Bolt")
    bolt.parent = crate
    bolt.save(update_fields=["parent"])
    Product.objects.update(list_price=50)
    files = (a_file("accounts.csv", accounts), a_file("products.csv", products))
    assert totals(bring_in(upload(ada, *files))) == {"same": 4}
    bolt.refresh_from_db()
    assert bolt.parent == crate
    assert Product.objects.get().list_price == 50
    changed = a_file("products.csv", products.replace("40", "60"))
    assert totals(check(upload(ada, changed))) == {"conflict": 1}


SECOND = "2,Mast,Bolt,Discover,200,2026-12-01,Call,Otto Ode,Spade\n"


def test_deals_that_vanish_from_a_full_export_are_flagged_and_not_removed(
    ada: User, deal: Opportunity
) -> None:
    brought(ada, FIRST + SECOND)
    run = checked(ada, SECOND)
    assert totals(run) == {"same": 1}, "half of the deals are no full export"
    run = check(upload(ada, a_file("deals.csv", HEAD + SECOND)), is_full=True)
    assert totals(run) == {"same": 1, "gone": 1}
    deal.refresh_from_db()
    assert deal.gone_since is None
    run = brought(ada, SECOND, is_full=True)
    assert [row.label for row in rows(run, action="gone")] == ["Trench"]
    deal.refresh_from_db()
    assert deal.gone_since == NOW
    assert totals(brought(ada, SECOND, is_full=True)) == {"same": 1}


def test_a_deal_that_comes_back_loses_its_flag(ada: User, deal: Opportunity) -> None:
    brought(ada, SECOND, is_full=True)
    brought(ada, FIRST + SECOND)
    deal.refresh_from_db()
    assert deal.gone_since is None
    assert totals(brought(ada, SECOND, is_full=True)) == {"same": 1, "gone": 1}


def test_who_says_that_a_deal_is_still_there_is_not_asked_again(
    ada: User, deal: Opportunity
) -> None:
    brought(ada, SECOND, is_full=True)
    say_still_there(deal)
    brought(ada, SECOND, is_full=True)
    deal.refresh_from_db()
    assert deal.gone_since is None


def test_a_refused_row_is_no_vanished_deal(ada: User, deal: Opportunity) -> None:
    run = brought(ada, FIRST.replace("100", "-100") + SECOND, is_full=True)
    assert totals(run)["refuse"] == 1
    deal.refresh_from_db()
    assert deal.gone_since is None


def test_the_next_file_of_the_same_shape_needs_no_answers(
    ada: User, as_user: Callable[..., Client]
) -> None:
    text = "ref,what,where,phase,due\n1,Trench,Acme,Discover,01/02/2026\n"
    run = upload(ada, a_file("week-1.csv", text))
    file = run.files.get()
    choices = {file.pk: {"kind": "opportunities"}}
    run = services.choose_files(run, choices, source="crm")
    fields = ("external_id", "name", "account_name", "stage", "close_on")
    mapping = dict(zip(fields, ("ref", "what", "where", "phase", "due"), strict=True))
    run = services.map_columns(run, {file.pk: mapping}, {})
    formats = {file.pk: {"formats": {"due": "dmy"}}}
    run = services.choose_files(run, formats, source="crm")
    bring_in(run, process_name="Sales", owner=ada.pk)

    later = upload(ada, a_file("week-2.csv", text.replace("Trench", "Trench 2")))
    assert later.answers["recalled"] == run.pk
    page = as_user(ada).get(later.get_absolute_url())
    assert "its columns and answers are used again" in page.content.decode()
    services.start_check(later)
    assert totals(worked(later)) == {"change": 1}
