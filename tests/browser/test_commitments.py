"""Keeping a commitment, and moving it with the other side's consent."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.harness import PHONE
from tests.factories.meetings import CommitmentFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = reverse("commitments:commitment_list")


@pytest.fixture
def promise(rita, lena):
    today = rita.today(timezone.now())
    return CommitmentFactory(
        what="Send the alarm list", promiser=rita, receiver=lena, due_on=today
    )


def test_kept_with_one_tap_and_undone_with_another(page_as, rita, promise):
    page = page_as(rita)
    page.set_viewport_size(PHONE)
    page.goto(LIST)
    expect(page.locator("#commitment-summary")).to_contain_text("1 due now")

    page.get_by_role("button", name="Kept: Send the alarm list").click()
    row = page.locator(f"#commitment-{promise.pk}")
    expect(row).to_contain_text("Kept")
    expect(row.get_by_role("button", name="Undo")).to_be_focused()
    expect(page.locator("#commitment-summary")).to_contain_text("0 due now")
    expect(page.locator("#commitment-summary")).to_contain_text("1 of 1 kept")

    page.locator("#toasts .btn-undo").click()
    expect(page.get_by_role("button", name="Kept: Send the alarm list")).to_be_visible()
    assert page.watch.problems == []


def test_a_new_date_is_asked_for_and_agreed(page_as, rita, lena, promise):
    hers, his = page_as(rita), page_as(lena)
    later = promise.due_on + timedelta(days=9)
    hers.goto(LIST)
    hers.get_by_role("link", name="Ask for a new date").click()
    hers.wait_for_selector("#sheet-dialog[open]")
    hers.locator("#sheet .btn-primary").click()
    expect(hers.locator("#sheet")).to_contain_text("This field is required")
    hers.fill("#id_new_due_on", later.isoformat())
    hers.fill("#id_reason", "They are ill")
    hers.locator("#sheet .btn-primary").click()
    expect(hers.locator("#toasts")).to_contain_text("Asked Lena Lang")
    expect(hers.locator("main")).to_contain_text("A new date is asked for")

    his.goto(LIST)
    his.get_by_role("button", name="Agree").click()
    expect(his.locator("#toasts")).to_contain_text("New date agreed")

    promise.refresh_from_db()
    assert promise.due_on == later
    hers.goto(promise.get_absolute_url())
    expect(hers.locator("main")).to_contain_text("New date")
    assert hers.watch.problems == his.watch.problems == []
