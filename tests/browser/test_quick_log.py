"""Logging from anywhere: three taps on a phone, no mouse on a desk."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from pipeline.activities.models import Activity
from pipeline.activities.services import create_starter_kinds
from tests.browser.harness import PHONE, assert_clean
from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    OpportunityFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def deal(rita):
    create_starter_kinds()
    deal = OpportunityFactory(
        name="Line 2", owner=rita, account=AccountFactory(name="Brennecke Logistics")
    )
    ContactFactory(account=deal.account, name="Lars Brennecke")
    return deal


@pytest.fixture
def page(page_as, rita, deal) -> Page:
    page = page_as(rita)
    page.goto(reverse("commitments:commitment_list"))
    return page


def test_three_taps_on_a_phone(page, deal):
    page.set_viewport_size(PHONE)

    page.locator(".rh-tabbar").get_by_role("link", name="Log").click()
    sheet = page.locator("#sheet")
    sheet.get_by_role("radio", name="Call", exact=True).click()
    sheet.get_by_role("radio", name="Line 2").click()
    sheet.get_by_role("button", name="Log", exact=True).click()

    expect(page.locator("#toasts")).to_contain_text("Logged: Call, Line 2")
    expect(page.locator("#sheet-dialog")).not_to_be_visible()
    assert Activity.objects.get_queryset().get().opportunity == deal

    page.locator("#toasts .btn-undo").click()
    expect(page.locator("#toasts")).to_contain_text("Removed")
    assert not Activity.objects.get_queryset().exists()


def test_the_keyboard_alone(page, deal):
    page.keyboard.press("l")
    page.wait_for_selector("#sheet-dialog[open] #log_kind:focus")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#log-people")).to_contain_text("Lars Brennecke")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("They agree")
    page.keyboard.press("Enter")

    expect(page.locator("#toasts")).to_contain_text("Logged: E-mail, Line 2")
    made = Activity.objects.get_queryset().get()
    assert made.outcome == "They agree"


def test_search_finds_an_account_and_the_sheet_is_clean(page):
    page.keyboard.press("l")
    page.wait_for_selector("#sheet-dialog[open]")
    page.fill("#log_subject", "brenn")
    found = page.locator("#log-found")
    expect(found).to_contain_text("Brennecke Logistics")
    found.get_by_role("radio", name="Account").click()
    page.locator("summary", has_text="When, how long").click()
    page.get_by_role("checkbox", name="Lars Brennecke").click()
    assert_clean(page, page.watch)
    page.get_by_role("radio", name="Visit", exact=True).click()
    page.locator("#sheet").get_by_role("button", name="Log", exact=True).click()

    expect(page.locator("#toasts")).to_contain_text("Logged: Visit, Brennecke")
    made = Activity.objects.get_queryset().get()
    assert made.opportunity is None
    assert [each.name for each in made.contacts.all()] == ["Lars Brennecke"]


def test_a_refused_entry_stays_and_says_why(page):
    page.keyboard.press("l")
    page.wait_for_selector("#sheet-dialog[open]")
    page.fill("#log_outcome", "They agree")
    page.locator("#sheet").get_by_role("button", name="Log", exact=True).click()

    expect(page.locator("#sheet")).to_contain_text("Choose what happened")
    expect(page.locator("#log_outcome")).to_have_value("They agree")


def test_a_suggestion_fills_and_can_be_changed(page):
    page.keyboard.press("l")
    page.wait_for_selector("#sheet-dialog[open]")
    page.get_by_role("button", name="No answer").click()

    expect(page.locator("#log_outcome")).to_have_value("No answer")
    expect(page.locator("#log_outcome")).to_be_focused()
