import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from rhythm.web.sheets import column_letters, write_xlsx


def sheet_of(*rows, heads=("Name",), currency="EUR"):
    file = io.BytesIO()
    write_xlsx(file, "Deals", heads, rows, currency=currency)
    return load_workbook(file).active


def test_values_stay_what_they_are() -> None:
    heads = ("Name", "Day", "Amount", "Nothing")
    row = ("Bäcker & <Söhne>\nHalle 3 ", date(2026, 12, 1), Decimal("-12.50"), None)
    sheet = sheet_of(row, heads=heads)
    assert sheet.title == "Deals"
    name, day, amount, nothing = next(sheet.iter_rows(min_row=2))
    assert name.value == row[0]
    assert (day.value.date(), day.number_format) == (row[1], r"yyyy\-mm\-dd")
    assert (amount.value, amount.number_format) == (-12.5, "[$€] #,##0.00")
    assert nothing.value is None
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\tx", "＝1", "\n=1"])
def test_texts_never_run(text: str) -> None:
    cell = sheet_of([text])["A2"]
    assert cell.data_type in ("s", "inlineStr")
    assert cell.value.startswith("'")


def test_what_no_sheet_takes_is_left_out() -> None:
    sheet = sheet_of(["a\x00b\x0bc\ufffe"], ["x" * 40_000], [date(1850, 1, 1)])
    assert sheet["A2"].value == "abc"
    assert len(sheet["A3"].value) == 32_767
    assert sheet["A4"].value == "1850-01-01"


def test_other_currencies_have_their_sign() -> None:
    sheet = sheet_of([Decimal(1)], currency="PLN")
    assert sheet["A2"].number_format == "[$PLN] #,##0.00"


def test_columns_are_called_as_in_a_sheet() -> None:
    assert [column_letters(each) for each in (1, 26, 27, 702, 703)] == [
        *("A", "Z", "AA", "ZZ", "AAA")
    ]
