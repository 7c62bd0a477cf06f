"""The table's deals as files: the same deals, nothing that runs, and written down."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from pipeline.imports.reading import How, read_header, read_rows
from pipeline.imports.sniffing import CSV
from pipeline.opportunities.views import exports
from rhythm.people.models import AuditEntry
from tests.factories.opportunities import (
    AccountFactory,
    OpportunityFactory,
    SavedViewFactory,
)
from tests.imports.steps import a_file, bring_in, upload

URL = reverse("opportunities:opportunity_export")
HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2",
    "@SUM(1)",
    "\tx",
    "＝1+1",
    "#N/A",
    'say "so", and;so',
    "Zwölf Wörter\nin zwei Zeilen",
)


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.RATE_LIMITS = {}


def taken(browser: Any, **values: str) -> bytes:
    answer = browser.post(URL, values)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def as_read(data: bytes, folder: Path) -> list[dict[str, str]]:
    """Return the rows as the reader of imports reads them."""
    path = folder / "deals.csv"
    path.write_bytes(data)
    how = How(CSV, "utf-8-sig")
    names = read_header(path, how).names
    rows = list(read_rows(path, how, len(names)))
    assert not any(row.broken for row in rows)
    return [dict(zip(names, row.cells, strict=True)) for row in rows]


def test_what_was_exported_is_read_again(discover, rita, as_user, tmp_path) -> None:
    OpportunityFactory(
        owner=rita,
        stage=discover,
        name="Zwölf “Kühltürme”, Halle 3",
        account=AccountFactory(name="Bäcker; Söhne"),
        amount=Decimal("1234.50"),
        close_on=date(2026, 12, 1),
        next_step="Call\nthem, then write",
        next_step_on=date(2026, 11, 30),
        external_id="006-1",
    )
    OpportunityFactory(
        owner=rita, stage=discover, account=None, amount=None, close_on=None
    )
    data = taken(as_user(rita))
    assert data.startswith(b"\xef\xbb\xbf")
    first, second = as_read(data, tmp_path)
    assert {k: v for k, v in first.items() if k not in ("Attention", "Weighted")} == {
        "Account": "Bäcker; Söhne",
        "Deal": "Zwölf “Kühltürme”, Halle 3",
        "Stage": "Discover",
        "Rep": "Rita Reyes",
        "Next step": "Call\nthem, then write",
        "Next step on": "2026-11-30",
        "Close": "2026-12-01",
        "Amount": "1234.50",
        "Currency": "EUR",
        "Amount is": "Stated",
        "External id": "006-1",
    }
    assert Decimal(first["Weighted"]) == Decimal("1234.50") * discover.probability
    assert (second["Account"], second["Amount"], second["Close"]) == ("", "", "")


def test_an_import_takes_the_file_as_it_is(discover, rita, ada, as_user) -> None:
    deal = OpportunityFactory(
        owner=rita, stage=discover, external_id="x-1", source="crm", amount=77
    )
    run = upload(ada, a_file("deals.csv", taken(as_user(rita))))
    assert [file.kind for file in run.files.all()] == ["opportunities"]
    run = bring_in(run, process=discover.process_id)
    before = (deal.name, deal.amount, deal.close_on, deal.owner_id, deal.stage_id)
    deal.refresh_from_db()
    assert (
        deal.name,
        deal.amount,
        deal.close_on,
        deal.owner_id,
        deal.stage_id,
    ) == before


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_runs(discover, rita, as_user, tmp_path, text: str) -> None:
    OpportunityFactory(
        owner=rita, stage=discover, name=text, next_step=text, external_id=text
    )
    [row] = as_read(taken(as_user(rita)), tmp_path)
    is_formula = text[0] in "=+-@\t＝"
    assert row["Deal"] == row["Next step"] == (f"'{text}" if is_formula else text)
    assert row["Amount"] == "10000.00"

    book = load_workbook(io.BytesIO(taken(as_user(rita), form="xlsx")))
    cells = [cell for line in book.active.iter_rows(min_row=2) for cell in line]
    assert {cell.data_type for cell in cells} <= {"inlineStr", "s", "n", "d"}
    assert cells[1].value == row["Deal"]


def test_a_sheet_has_days_and_amounts_as_such(discover, rita, as_user) -> None:
    OpportunityFactory(
        owner=rita,
        stage=discover,
        amount=Decimal("12.50"),
        close_on=date(2026, 12, 1),
        name="a\x0bb",
    )
    data = taken(as_user(rita), form="xlsx", columns="close,amount")
    sheet = load_workbook(io.BytesIO(data)).active
    heads, row = list(sheet.iter_rows())
    assert [cell.value for cell in heads] == [
        "Account",
        "Deal",
        "Close",
        "Amount",
        "Currency",
        "Amount is",
        "External id",
    ]
    assert row[1].value == "ab"
    assert (row[2].is_date, row[2].value.date()) == (True, date(2026, 12, 1))
    assert (row[3].value, row[3].number_format) == (12.5, "[$€] #,##0.00")
    assert sheet.freeze_panes == "A2"


def test_the_file_has_what_the_table_shows(
    discover, propose, rita, otto, as_user, tmp_path
) -> None:
    for amount in (3, 1, 2):
        OpportunityFactory(owner=rita, stage=discover, amount=amount)
    OpportunityFactory(owner=rita, stage=propose, amount=9)
    OpportunityFactory(owner=otto, stage=discover, amount=9)
    values = {"stage": str(discover.pk), "sort": "-amount", "columns": "amount"}
    rows = as_read(taken(as_user(rita), **values), tmp_path)
    assert [row["Amount"] for row in rows] == ["3.00", "2.00", "1.00"]
    assert "Stage" not in rows[0]


def test_it_is_written_down_with_its_size(discover, rita, as_user, now) -> None:
    OpportunityFactory.create_batch(3, owner=rita, stage=discover)
    answer = as_user(rita).post(URL, {"closes": "none", "state": "", "form": "csv"})
    entry = AuditEntry.objects.latest("pk")
    assert (entry.kind, entry.by) == ("exported", rita)
    assert entry.subject.startswith("Deals 20")
    assert entry.subject in answer["Content-Disposition"]
    assert entry.text == "0 deals; closes=none"
    b"".join(answer.streaming_content)
    taken(as_user(rita))
    assert AuditEntry.objects.latest("pk").text == "3 deals"


def test_the_file_is_called_as_its_view(rita, otto, as_user) -> None:
    view = SavedViewFactory(owner=rita, name='Späte Deals / "Q4"')
    answer = as_user(rita).post(URL, {"view": view.pk})
    assert "Sp%C3%A4te%20Deals%20-%20-Q4-%2020" in answer["Content-Disposition"]
    b"".join(answer.streaming_content)
    answer = as_user(otto).post(URL, {"view": view.pk})
    assert 'filename="Deals 20' in answer["Content-Disposition"]


def test_reading_costs_the_same_for_any_number(
    discover, rita, as_user, count_queries
) -> None:
    browser = as_user(rita)
    OpportunityFactory(owner=rita, stage=discover)
    few = count_queries(lambda: taken(browser))
    OpportunityFactory.create_batch(20, owner=rita, stage=discover)
    assert count_queries(lambda: taken(browser)) == few


def test_too_many_for_a_sheet_are_told_and_csv_offered(
    discover, rita, as_user, monkeypatch
) -> None:
    monkeypatch.setitem(exports.MOST_ROWS, "xlsx", 1)
    OpportunityFactory.create_batch(2, owner=rita, stage=discover)
    answer = as_user(rita).post(URL, {"form": "xlsx"})
    assert answer.status_code == 422
    assert "2 deals, and an Excel file takes 1 here" in answer.text
    assert "Take CSV instead" in answer.text
    assert not AuditEntry.objects.filter(kind="exported").exists()


def test_one_export_of_a_person_runs_at_a_time(discover, rita, lena, as_user) -> None:
    browser = as_user(rita)
    first = browser.post(URL)
    assert browser.post(URL).status_code == 429
    assert as_user(lena).post(URL).status_code == 200
    b"".join(first.streaming_content)
    assert browser.post(URL).status_code == 200


def test_somebody_who_asks_all_the_time_waits(
    settings, discover, rita, as_user
) -> None:
    settings.RATE_LIMITS = {"export": "2/m/user"}
    browser = as_user(rita)
    for _time in range(2):
        taken(browser)
    assert browser.post(URL).status_code == 429
