"""What is long on a phone, and what is seen of it first."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser import accounts
from tests.browser.harness import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_one_chose_is_saved_from_anywhere_in_the_long_form(rita, page_as):
    page = page_as(rita)
    page.set_viewport_size(PHONE)
    page.goto("/notices/preferences/")

    save = page.get_by_role("button", name="Save")
    expect(save).to_be_in_viewport()
    page.get_by_label("Meetings: reminders").select_option("inbox")
    save.click()

    expect(page.get_by_text("Saved")).to_be_visible()
    expect(page.get_by_label("Meetings: reminders")).to_have_value("inbox")


def test_the_column_that_stays_leaves_the_card_its_round_corners(
    lena, page_as, request
):
    accounts.listed(request.getfixturevalue)
    page = page_as(lena)
    page.set_viewport_size(PHONE)
    page.goto(reverse("accounts:plan_list"))

    for corner in ("top-left", "top-right", "bottom-left", "bottom-right"):
        table = page.locator(".rh-card > .rh-scroll")
        expect(table).not_to_have_css(f"border-{corner}-radius", "0px")
