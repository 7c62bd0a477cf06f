"""Forms in the sheet over a page, as their fields come and go."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_refused_sheet_leads_to_the_field_that_is_wrong(page_as, lena, rita):
    page = page_as(lena)
    page.goto(reverse("calendar:away"))
    page.get_by_role("link", name="Enter leave").click()
    expect(page.get_by_label("Who")).to_be_focused()
    page.get_by_label("Last day away").fill("2026-01-05")

    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("It ends before it begins.")).to_be_visible()
    expect(page.get_by_label("Last day away")).to_be_focused()
