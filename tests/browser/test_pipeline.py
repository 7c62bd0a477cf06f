"""The board, the table and two who edit one deal, in a real browser."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from pipeline.process.models import Stage
from tests.factories.opportunities import OpportunityFactory
from tests.factories.process import MilestoneFactory, a_process

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def discover(transactional_db) -> Stage:
    return a_process().stages.get(name="Discover")


@pytest.fixture
def deal(discover, rita):
    return OpportunityFactory(owner=rita, stage=discover, name="Baggage drives")


def column(page, name: str):
    return page.locator(".bd-col", has=page.get_by_role("heading", name=name))


def test_a_refused_drop_goes_back_and_is_completed_in_its_sheet(
    deal, discover, rita, page_as, clean
) -> None:
    MilestoneFactory(stage=discover, title="Budget named", kind="know")
    page = page_as(rita)
    page.goto(reverse("opportunities:board"))

    card = page.locator(f"#deal-{deal.pk}")
    card.drag_to(column(page, "Propose").locator("ul"))
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("Budget named")).to_be_visible()
    expect(column(page, "Discover").locator(f"#deal-{deal.pk}")).to_have_count(1)
    clean(page)

    sheet.get_by_label("Answer").fill("200k")
    sheet.get_by_role("button", name="Record and move to Propose").click()
    expect(column(page, "Propose").locator(f"#deal-{deal.pk}")).to_be_visible()
    expect(sheet).to_be_hidden()
    assert deal.milestone_records.get().answer == "200k"

    page.get_by_role("button", name="Undo").click()
    expect(column(page, "Discover").locator(f"#deal-{deal.pk}")).to_be_visible()


def test_the_menu_moves_without_a_drag(deal, rita, page_as) -> None:
    page = page_as(rita)
    page.goto(reverse("opportunities:board"))
    card = page.locator(f"#deal-{deal.pk}")
    card.locator("summary").press("Enter")
    card.get_by_role("button", name="Move to Propose").press("Enter")
    expect(column(page, "Propose").locator(f"#deal-{deal.pk}")).to_be_visible()


def test_cells_are_edited_by_keyboard(deal, rita, page_as, clean) -> None:
    page = page_as(rita)
    page.goto(reverse("opportunities:opportunity_list"))
    page.keyboard.press("e")
    step = page.get_by_role("textbox", name="Next step")
    expect(step).to_be_focused()
    step.fill("Visit the plant")
    step.press("Tab")
    on = page.get_by_label("Next step on", exact=True)
    expect(on).to_be_focused()
    clean(page)
    on.press("Escape")
    expect(page.locator("[data-cell-form]")).to_have_count(0)
    expect(page.get_by_text("Visit the plant")).to_be_visible()
    deal.refresh_from_db()
    assert deal.next_step == "Visit the plant"


def test_the_later_of_two_editors_sees_both_and_chooses(
    deal, lena, rita, page_as
) -> None:
    first, second = page_as(lena), page_as(rita)
    for page in (first, second):
        page.goto(deal.get_absolute_url())
        page.keyboard.press("e")
        expect(page.get_by_role("dialog").get_by_label("Amount")).to_be_visible()
    for page, amount in ((first, "15000"), (second, "30000")):
        page.get_by_role("dialog").get_by_label("Amount").fill(amount)
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        if page is first:
            expect(page.locator("dialog[open]")).to_have_count(0)

    sheet = second.get_by_role("dialog")
    expect(sheet.get_by_role("row", name="Amount")).to_contain_text("€15,000")
    expect(sheet.get_by_label("Amount", exact=True)).to_have_value("30000")
    sheet.get_by_label("Keep theirs: Amount").check()
    sheet.get_by_role("button", name="Save as chosen").click()
    expect(second.locator("dialog[open]")).to_have_count(0)
    deal.refresh_from_db()
    assert deal.amount == 15_000
