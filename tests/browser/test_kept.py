"""Is the rhythm kept, on a phone and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.harness import PHONE, WIDE
from tests.browser.pages.discipline import quarter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The words below the map, from left to right.
WEEKS = """() => [...document.querySelectorAll("#kept-map .xtick text")]
    .map(each => [each.getBoundingClientRect().left, each.textContent.trim()])
    .sort((one, other) => one[0] - other[0])
    .map(each => each[1])"""


def test_a_phone_begins_with_the_newest_week(page_as, vera, request):
    quarter(request.getfixturevalue)
    page = page_as(vera)
    page.goto("/kept/")
    expect(page.locator("#kept-map .xtick").first).to_be_visible()
    wide = page.evaluate(WEEKS)

    page.set_viewport_size(PHONE)
    page.reload()
    expect(page.locator("#kept-map .xtick").first).to_be_visible()
    assert page.evaluate(WEEKS) == wide[::-1] != wide

    page.set_viewport_size(WIDE)
    page.wait_for_function(f"first => ({WEEKS})()[0] === first", arg=wide[0])


def test_without_javascript_the_table_stands_where_the_map_would(
    open_context, vera, request
):
    quarter(request.getfixturevalue)
    page = open_context(vera, java_script_enabled=False).new_page()
    page.goto("/kept/")

    expect(page.locator("#kept-map")).to_be_hidden()
    expect(page.get_by_role("columnheader", name="Leader").first).to_be_visible()
