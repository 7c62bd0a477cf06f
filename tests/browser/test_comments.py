"""Talking about a deal: no mouse, and nothing that was typed is lost."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from pipeline.comments.models import Comment, Question
from rhythm.people.models import User
from tests.browser.harness import PHONE
from tests.factories.comments import QuestionFactory
from tests.factories.opportunities import MilestoneRecordFactory, OpportunityFactory
from tests.factories.process import MilestoneFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def deal(rita, lena):
    deal = OpportunityFactory(name="Line 2", owner=rita)
    milestone = MilestoneFactory(stage=deal.stage, title="Met the CFO", kind="do")
    MilestoneRecordFactory(opportunity=deal, milestone=milestone, is_met=False)
    return deal


def open_deal(page: Page, deal) -> None:
    page.goto(deal.get_absolute_url())
    page.wait_for_selector("#comment-text")


def test_a_name_is_chosen_and_a_question_asked_by_keyboard(page_as, deal, max_, lena):
    page = page_as(max_)
    open_deal(page, deal)
    text = page.locator("#comment-text")
    text.focus()
    page.keyboard.type("Is the price right, @l")
    expect(page.get_by_role("option", name="Lena Lang")).to_be_visible()
    expect(text).to_have_attribute("aria-activedescendant", "comment-people-0")
    page.keyboard.press("Enter")
    expect(text).to_have_value("Is the price right, @Lena Lang ")
    page.keyboard.type("?")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#deal-questions")).to_contain_text("Max Mori asks Lena Lang")
    expect(text).to_have_value("")
    assert Question.objects.get().asked == lena


def test_escape_closes_the_names_and_not_the_sheet(page_as, deal, max_, rita):
    QuestionFactory(comment__opportunity=deal, comment__author=max_)
    page = page_as(rita)
    page.goto(reverse("homes:week"))
    page.get_by_role("link", name=re.compile("Answer Max")).click()
    page.wait_for_selector("#reply-text:focus")
    page.keyboard.type("Ask @le")
    expect(page.get_by_role("option", name="Lena Lang")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(page.locator("#sheet-dialog")).to_be_visible()
    page.locator("#reply-text").fill("Done")
    page.locator("#sheet").get_by_role("button", name="Reply").click()

    expect(page.locator("#toasts")).to_contain_text("Answered")
    expect(page.get_by_text("Questions to answer")).to_have_count(0)


def test_what_is_being_typed_survives_changes_of_the_deal(page_as, deal, rita):
    page = page_as(rita)
    open_deal(page, deal)
    page.locator("#comment-text").fill("Half a thought")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('comments:changed'))")
    page.evaluate(
        "htmx.ajax('GET', location.pathname, {target: '#deal-page', swap: 'outerHTML'})"
    )

    expect(page.locator("#comment-text")).to_have_value("Half a thought")
    expect(page.locator("#comment-text")).to_have_count(1)


def test_a_refused_name_stays_and_may_be_posted_on_a_phone(
    page_as, deal, rita: User, otto
):
    page = page_as(rita)
    page.set_viewport_size(PHONE)
    open_deal(page, deal)
    page.locator("#comment-text").fill("As @Otto said")
    page.get_by_role("button", name="Say it").click()
    expect(page.locator("#comment-form")).to_contain_text("does not see this deal")
    expect(page.locator("#comment-text")).to_have_value("As @Otto said")
    page.get_by_label("Leave it as it is").check()
    page.get_by_role("button", name="Say it").click()

    expect(page.locator("#comment-list")).to_contain_text("As @Otto said")
    assert Comment.objects.get().text == "As @Otto said"


def test_removing_is_undone_by_a_toast(page_as, deal, rita):
    page = page_as(rita)
    open_deal(page, deal)
    page.locator("#comment-text").fill("Wrong deal")
    page.get_by_role("button", name="Say it").click()
    page.get_by_role("button", name=re.compile("Remove what")).click()
    expect(page.locator("#comment-list")).to_contain_text("Removed by its writer")
    page.locator("#toasts .btn-undo").last.click()

    expect(page.locator("#comment-list")).to_contain_text("Wrong deal")
