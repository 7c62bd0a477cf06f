"""The search of the top bar: what it finds, for whom, and what it costs."""

from __future__ import annotations

import pytest

from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    OpportunityFactory,
)

HTMX = {"HX-Request": "true"}


@pytest.fixture
def brennecke(rita):
    account = AccountFactory(name="Brennecke Logistics")
    ContactFactory(account=account, name="Lars Brennecke", title="Head of cold chain")
    return OpportunityFactory(owner=rita, name="Cold-chain, 14 depots", account=account)


def found(browser, text: str) -> str:
    return browser.get("/search/", {"q": text}, headers=HTMX).content.decode()


def test_beginnings_of_words_find_the_deal_its_account_and_its_people(
    rita, brennecke, as_user
):
    page = found(as_user(rita), "log bren")

    assert "Cold-chain, 14 depots" in page
    assert f'href="{brennecke.get_absolute_url()}"' in page
    assert f'href="{brennecke.account.get_absolute_url()}"' in page
    assert "Head of cold chain" in found(as_user(rita), "lars")


def test_a_deal_that_one_may_not_see_is_not_found_though_its_account_is(
    otto, brennecke, as_user
):
    page = found(as_user(otto), "brennecke")

    assert "Cold-chain" not in page
    assert "Brennecke Logistics" in page
    assert "Cold-chain" not in found(as_user(otto), "cold")


def test_colleagues_are_found_by_those_who_may_open_their_page(
    rita, lena, otto, as_user
):
    assert "Rita Reyes" in found(as_user(lena), "rit")
    assert "Rita Reyes" not in found(as_user(otto), "rit")
    assert "Nothing that you may see" in found(as_user(otto), "rit")


def test_open_deals_stand_before_closed_ones(rita, as_user):
    OpportunityFactory(
        owner=rita,
        name="Trench A",
        closed_on="2026-01-02",
        outcome="won",
    )
    OpportunityFactory(owner=rita, name="Trench B")
    page = found(as_user(rita), "trench")

    assert page.index("Trench B") < page.index("Trench A")
    assert "Won" in page


def test_what_is_typed_shows_few_and_links_to_the_page_with_more(rita, as_user):
    OpportunityFactory.create_batch(25, owner=rita, name="Trench")
    browser = as_user(rita)

    assert 'href="/search/?q=trench"' in found(browser, "trench")
    whole = browser.get("/search/", {"q": "trench"}).content.decode()
    assert "<html" in whole
    assert 'href="/pipeline/table/?q=trench"' in whole


@pytest.mark.parametrize(
    "text", ["", "a", "%", "' OR 1=1", "a\0b", "🤝", "W" * 500, "& | !", "<b>"]
)
def test_odd_words_are_answered(text, rita, brennecke, as_user):
    browser = as_user(rita)

    assert browser.get("/search/", {"q": text}).status_code == 200
    assert "<b>" not in found(browser, text)


def test_suggesting_costs_three_queries_for_any_number_of_rows(
    lena, rita, as_user, count_queries
):
    browser = as_user(lena)
    OpportunityFactory(owner=rita, name="Trench 0")
    one = count_queries(lambda: found(browser, "trench"))
    for number in range(10):
        account = AccountFactory(name=f"Trench {number}")
        ContactFactory(account=account, name=f"Trench {number}")
        OpportunityFactory(owner=rita, name=f"Trench {number}", account=account)

    assert count_queries(lambda: found(browser, "trench")) == one
    # The session and the person come on top of the three.
    assert one <= 5
