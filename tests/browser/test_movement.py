"""Charts in a real browser: drawn, drawn again after a swap, in colour, clickable."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.pages.homes import moved

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BAR = "#waterfall .waterfalllayer .points path"


def test_charts_follow_the_choice_the_theme_and_a_click(page_as, max_, request, clean):
    moved(request.getfixturevalue)
    page = page_as(max_)
    page.goto(reverse("movement:movement") + "?when=28")
    page.wait_for_selector(BAR)

    for theme, grey in (("dark", "109, 119, 128"), ("light", "131, 139, 149")):
        page.evaluate(f"document.documentElement.dataset.bsTheme = '{theme}'")
        expect(page.locator(BAR).first).to_have_css("fill", f"rgb({grey})")

    # Another choice swaps the charts, and they are drawn anew.
    with page.expect_response("**/movement/**"):
        page.click("label[for=mv-quarter]")
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.wait_for_selector(BAR)
    assert "when=quarter" in page.url

    # A day that is picked is taken, whatever was chosen before.
    with page.expect_response("**first=2026-01-05**"):
        page.fill("#mv-first", "2026-01-05")
    page.wait_for_selector(BAR)
    assert page.is_checked("#mv-picked")

    bar = page.locator(BAR).last
    bar.evaluate("each => each.scrollIntoView({ block: 'center' })")
    # Plotly's own layer lies over the bar and takes the click.
    bar.click(force=True)
    page.wait_for_url("**bar=closing**")
    clean(page)
