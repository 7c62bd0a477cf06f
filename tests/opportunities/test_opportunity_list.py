import re

import pytest
from django.urls import reverse

from pipeline.opportunities.selectors.questions import SORTS
from tests.factories.opportunities import OpportunityFactory

URL = reverse("opportunities:opportunity_list")
HTMX = {"HX-Request": "true"}


def cell(deal, field: str) -> str:
    return reverse("opportunities:opportunity_cell", args=[deal.pk, field])


def test_queries_do_not_grow_with_the_table(
    discover, lena, rita, as_user, count_queries
) -> None:
    browser = as_user(lena)
    OpportunityFactory(owner=rita, stage=discover)
    few = count_queries(lambda: browser.get(URL))
    OpportunityFactory.create_batch(10, owner=rita, stage=discover)
    many = count_queries(lambda: browser.get(URL))
    assert many == few


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{each}" for each in SORTS)])
def test_every_column_sorts_with_what_is_empty_last(
    discover, rita, as_user, sort: str
) -> None:
    OpportunityFactory(owner=rita, stage=discover)
    OpportunityFactory(
        owner=rita,
        stage=discover,
        name="Bare",
        amount=None,
        close_on=None,
        next_step_on=None,
        account=None,
    )
    answer = as_user(rita).get(URL, {"sort": sort})
    assert answer.status_code == 200
    if sort in {"amount", "-amount", "close", "-close"}:
        assert answer.text.index("Deal") < answer.text.index(">Bare<")


def test_a_hidden_deal_changes_nothing_in_the_table(
    discover, rita, otto, as_user
) -> None:
    OpportunityFactory(owner=rita, stage=discover)
    browser = as_user(rita)
    before = table(browser.get(URL).text)
    OpportunityFactory(owner=otto, stage=discover)
    assert table(browser.get(URL).text) == before


def table(text: str) -> str:
    """Return what is told of deals, without the token that is new in every page."""
    text = re.sub(r"\b\w{64}\b", "token", text)
    return text.split('id="table-total"')[1].split("</table>", maxsplit=1)[0]


def test_closed_deals_are_there_on_demand(discover, rita, as_user) -> None:
    won = discover.process.stages.get(kind="won")
    OpportunityFactory(
        owner=rita, stage=won, outcome="won", closed_on="2026-01-02", name="Old win"
    )
    browser = as_user(rita)
    assert "Old win" not in browser.get(URL).text
    assert "Old win" in browser.get(URL, {"state": "won"}).text
    assert "Old win" not in browser.get(URL, {"state": "lost"}).text


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999", "2"])
def test_no_page_number_breaks_the_table(discover, rita, as_user, page: str) -> None:
    assert as_user(rita).get(URL, {"page": page, "sort": "x"}).status_code == 200


def test_a_cell_is_edited_where_it_stands(deal, rita, as_user) -> None:
    browser = as_user(rita)
    form = browser.get(cell(deal, "amount"), {"edit": 1}, headers=HTMX).text
    assert 'name="version" value="1"' in form

    data = {"value": "12345.50", "version": 1}
    answer = browser.post(cell(deal, "amount"), data, headers=HTMX)
    assert "€12,345.50" in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", "1e400"), ("close_on", "9999-12-31"), ("next_step", "x" * 301)],
)
def test_a_wrong_value_stays_in_the_cell_with_its_reason(
    deal, rita, as_user, field: str, value: str
) -> None:
    data = {"value": value, "version": 1}
    answer = as_user(rita).post(cell(deal, field), data, headers=HTMX)
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text
    assert value in answer.text


def test_a_cell_that_somebody_else_changed_shows_both(
    deal, rita, lena, as_user
) -> None:
    data = {"value": "2", "version": 1}
    as_user(lena).post(cell(deal, "amount"), data | {"value": "1"}, headers=HTMX)
    answer = as_user(rita).post(cell(deal, "amount"), data, headers=HTMX)
    assert answer.status_code == 409
    assert "€1 now" in answer.text
    assert 'value="2"' in answer.text

    again = as_user(rita).post(
        cell(deal, "amount"), data | {"version": 2}, headers=HTMX
    )
    assert again.status_code == 200


def test_other_fields_are_no_cells(deal, rita, as_user) -> None:
    for field in ("owner", "stage", "outcome", "version"):
        data = {"value": "1", "version": 1}
        assert as_user(rita).post(cell(deal, field), data).status_code == 404
