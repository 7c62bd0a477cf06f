"""An admin who never saw this brings in a CRM export, in a browser."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from pipeline.imports.models import ImportRun
from pipeline.imports.work import work
from pipeline.opportunities.models import Opportunity
from rhythm.people.models import User
from tests.factories.process import a_process

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def let_a_worker_have_it() -> None:
    while work(ImportRun.objects.latest("pk").pk, now=timezone.now()):
        pass


def a_set_of_files(folder: Path) -> list[Path]:
    """Return a small export: ambiguous dates, a stage unknown here, a bad row."""
    deals = folder / "deals.csv"
    with open(deals, "w", newline="") as file:
        csv.writer(file).writerows(
            [
                ["id", "name", "stage", "owner", "product", "amount", "close date"],
                ["1", "Trench", "Deep talk", "", "GTXPro", "", "01/02/2026"],
                ["2", "Cable", "Discover", "Rita Reyes", "", "50", "03/04/2026"],
                ["2", "Again", "Discover", "", "", "50", "03/04/2026"],
            ]
        )
    products = folder / "products.csv"
    products.write_text("product,price\nGTX Pro,4821\n")
    return [deals, products]


def test_a_small_export_with_every_kind_of_question(
    page_as: Callable[[User | None], Page],
    clean: Callable[[Page], None],
    tmp_path: Path,
    ada: User,
    rita: User,
) -> None:
    a_process()
    page = page_as(ada)
    page.goto("/imports/")
    page.get_by_role("link", name="Bring in files").first.click()
    page.get_by_label("Files").set_input_files(a_set_of_files(tmp_path))
    page.get_by_role("button", name="Upload and look").click()

    expect(
        page.get_by_role("heading", name="What was found in the files")
    ).to_be_visible()
    expect(page.get_by_text("is close date day first or month first?")).to_be_visible()
    clean(page)
    page.get_by_label("Day, month, year").check()
    page.get_by_role("button", name="Go on to the columns").click()

    expect(page.get_by_label("close date goes to")).to_have_value("close_on")
    clean(page)
    page.get_by_role("button", name="Go on to matching").click()

    clean(page)
    page.get_by_role("button", name="Go on to the check").click()
    expect(page.get_by_role("alert")).to_contain_text("Which stage is “Deep talk”?")
    page.get_by_label("Deep talk is the stage").select_option(label="Propose")
    page.get_by_label("Are owned by").fill("Ada Abel <ada@example.com>")
    expect(page.get_by_label("GTXPro is the product")).to_have_value("GTX Pro")
    page.get_by_role("button", name="Go on to the check").click()

    page.get_by_role("button", name="Check every row").click()
    let_a_worker_have_it()
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    expect(page.get_by_text("The same id as in row 3")).to_be_visible()
    assert not Opportunity.objects.exists()
    clean(page)

    page.get_by_role("button", name="Bring in 3 records").click()
    let_a_worker_have_it()
    expect(page.get_by_role("heading", name="Brought in")).to_be_visible()
    clean(page)
    trench = Opportunity.objects.get(external_id="1")
    assert (str(trench.stage), trench.owner) == ("Propose", ada)
    assert str(trench.close_on) == "2026-02-01"
    assert trench.amount_source == "list_price"
    assert Opportunity.objects.get(external_id="2").owner == rita
    with page.expect_download() as download:
        page.get_by_role("link", name="Refused rows").click()
    assert "The same id as in row 3" in download.value.path().read_text()


@pytest.mark.sample_data
def test_a_real_export_of_8800_deals(
    page_as: Callable[[User | None], Page], sample_data: Path, ada: User
) -> None:
    page = page_as(ada)
    page.goto("/imports/new/")
    files = sorted((sample_data / "maven" / "variants" / "kisaraf").glob("*.csv"))
    page.get_by_label("Files").set_input_files(files)
    page.get_by_label("Where they come from").fill("maven")
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_text("This is not one table")).to_be_visible()
    expect(page.get_by_text("3/1/2017 → 1 Mar 2017")).to_be_visible()
    page.get_by_role("button", name="Go on to the columns").click()
    page.get_by_role("button", name="Go on to matching").click()
    page.get_by_label("Name of the new process").fill("Hardware")
    page.get_by_role("button", name="Go on to the check").click()
    page.get_by_role("button", name="Check every row").click()
    let_a_worker_have_it()
    page.get_by_role("button", name="Bring in 8,933 records").click()
    let_a_worker_have_it()
    expect(page.get_by_role("heading", name="Brought in")).to_be_visible()
    assert Opportunity.objects.filter(outcome="won").count() == 4238
