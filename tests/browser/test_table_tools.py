"""Views, groups, columns and files of the table, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from pipeline.opportunities.models import DefaultView, SavedView
from tests.factories.opportunities import OpportunityFactory
from tests.factories.process import a_process

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = reverse("opportunities:opportunity_list")


@pytest.fixture
def deals(transactional_db, rita, lena) -> None:
    discover = a_process().stages.get(name="Discover")
    OpportunityFactory(owner=rita, stage=discover, name="Of Rita", amount=500)
    OpportunityFactory(owner=lena, stage=discover, name="Of Lena", amount=20)


def choose(page: Page, menu: str, item: str) -> None:
    page.locator("#table-tools summary", has_text=menu).click()
    page.locator("#table-tools .rh-menu-item", has_text=item).click()


@pytest.mark.usefixtures("deals")
def test_a_manager_shares_a_view_and_a_rep_begins_with_it(
    lena, rita, central, page_as, clean
) -> None:
    page = page_as(lena)
    page.goto(LIST)
    expect(page.locator("#totals")).to_contain_text("€520")
    page.get_by_label("Group by").select_option("owner")
    expect(page.locator("#totals")).to_contain_text("By rep")
    clean(page)

    choose(page, "Views", "Save what is shown")
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Name").fill("Who has what")
    sheet.get_by_label("For whom").select_option(label="Central")
    sheet.get_by_role("button", name="Save").click()
    expect(page.locator("#table-tools summary").first).to_contain_text("Who has what")
    expect(page.get_by_label("Group by")).to_have_value("owner")

    # What is shown now differs, and the view is told to follow.
    page.locator("#bd-state").select_option("all")
    expect(page.locator("#table-tools summary").first).to_contain_text("changed")
    choose(page, "Who has what", "show this")
    expect(page.locator("#table-tools summary").first).not_to_contain_text("changed")
    view = SavedView.objects.get()
    assert view.question == {"state": "all", "group": "owner"}

    reader = page_as(rita)
    reader.goto(LIST)
    choose(reader, "Views", "Who has what")
    expect(reader.locator("#totals")).to_contain_text("€500")
    expect(reader.locator("#totals")).not_to_contain_text("Lena")
    choose(reader, "Who has what", "Begin with this view")
    expect(reader.get_by_text("Your table begins with")).to_be_visible()
    assert DefaultView.objects.get().person == rita
    reader.goto(LIST)
    expect(reader.get_by_label("Group by")).to_have_value("owner")
    clean(reader)


@pytest.mark.usefixtures("deals")
def test_a_figure_leads_to_its_deals_and_they_are_taken_out(
    lena, page_as, clean, tmp_path: Path
) -> None:
    page = page_as(lena)
    page.goto(f"{LIST}?group=owner")
    row = page.locator("#totals tr", has_text="Rita Reyes")
    row.get_by_role("link", name="€500").click()
    expect(page.locator("#table-total")).to_have_text("1 deal")
    expect(page.locator("#bd-rep option:checked")).to_have_text("Rita Reyes")

    page.locator("#table-tools summary", has_text="Columns").click()
    page.locator("#table-tools").get_by_label("Attention").uncheck()
    page.get_by_role("button", name="Show these").click()
    expect(page.locator("#table thead")).not_to_contain_text("Attention")
    clean(page)

    page.locator("#table-tools summary", has_text="Export").click()
    with page.expect_download() as download:
        page.locator("#table-tools .rh-menu-item", has_text="CSV").click()
    taken = tmp_path / "deals.csv"
    download.value.save_as(taken)
    assert download.value.suggested_filename.startswith("Deals 20")
    text = taken.read_text("utf-8-sig")
    assert "Of Rita" in text
    assert "Of Lena" not in text
    assert "Attention" not in text
