"""The calendar on a phone, where a month and a quarter are long lists."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.harness import PHONE, WIDE
from tests.factories.meetings import CommitmentFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("view", ["Month", "Quarter"])
def test_long_lists_open_at_today_also_without_javascript(
    open_context, lena, rita, view
):
    today = lena.today(timezone.now())
    for number in range(-90, 91):
        day = today + timedelta(days=number)
        CommitmentFactory(promiser=lena, receiver=rita, due_on=day)
    page = open_context(lena, java_script_enabled=False).new_page()
    page.set_viewport_size(PHONE)
    page.goto(reverse("meetings:calendar"))

    page.get_by_role("link", name=view, exact=True).click()

    expect(page.get_by_role("link", name=view, exact=True)).to_have_attribute(
        "aria-current", "true"
    )
    expect(page.locator("main [aria-current=date]")).to_be_in_viewport()

    address = page.url
    page.set_viewport_size(WIDE)
    page.goto(reverse("meetings:calendar"))
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
