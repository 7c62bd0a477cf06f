"""Rows out of broken files: each bad row with its line, and no good row lost."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from pipeline.imports.csvs import CELL_LIMIT, SPAN_LIMIT
from pipeline.imports.raw import COLUMN_LIMIT, Row
from pipeline.imports.reading import How, read_header, read_rows
from pipeline.imports.sheets import sheet_names
from pipeline.imports.sniffing import NotATable

UTF8 = How("csv", "utf-8", ",")


def a_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "file.csv"
    path.write_bytes(text.encode(encoding))
    return path


def rows(path: Path, how: How = UTF8, width: int = 3) -> list[Row]:
    return list(read_rows(path, how, width))


def good(found: list[Row]) -> list[list[str]]:
    return [row.cells for row in found if not row.broken]


def broken(found: list[Row]) -> list[tuple[int, str]]:
    return [(row.line, row.broken) for row in found if row.broken]


def test_a_quote_that_never_closes_costs_its_own_row_alone(tmp_path: Path) -> None:
    lines = ["id,name,note", '1,"Open,x'] + [f"{n},Name,y" for n in range(2, 2000)]
    found = rows(a_file(tmp_path, "\n".join(lines)))
    assert broken(found) == [(2, "a quote opens in this row and never closes")]
    assert len(good(found)) == 1998


def test_a_stray_quote_before_a_quoted_cell_costs_its_own_row_alone(
    tmp_path: Path,
) -> None:
    text = 'id,name,note\n1,"Open,x\n2,Fine,y\n3,"Smith, Jo",z\n4,Fine,z\n'
    found = rows(a_file(tmp_path, text))
    assert [line for line, _why in broken(found)] == [2]
    assert good(found) == [
        ["2", "Fine", "y"],
        ["3", "Smith, Jo", "z"],
        ["4", "Fine", "z"],
    ]


def test_a_cell_of_several_lines_is_one_cell(tmp_path: Path) -> None:
    text = 'id,name,note\n1,A,"one\ntwo, three\nfour"\n2,B,x\n'
    found = rows(a_file(tmp_path, text))
    assert good(found) == [["1", "A", "one\ntwo, three\nfour"], ["2", "B", "x"]]
    assert [row.line for row in found] == [2, 5]


def test_newlines_of_all_kinds_may_be_mixed(tmp_path: Path) -> None:
    found = rows(a_file(tmp_path, "id,name,note\r\n1,A,x\n2,B,y\r3,C,z"))
    assert good(found) == [["1", "A", "x"], ["2", "B", "y"], ["3", "C", "z"]]


def test_a_row_of_another_width_is_set_aside_with_its_cells(tmp_path: Path) -> None:
    found = rows(a_file(tmp_path, "id,name,note\n1,A\n2,B,y,z\n3;C;z\n4,D,x,,\n"))
    assert broken(found) == [
        (2, "2 cells where the header has 3"),
        (3, "4 cells where the header has 3"),
        (4, "1 cell where the header has 3"),
    ]
    assert good(found) == [["4", "D", "x"]]


def test_a_nul_and_an_endless_cell_cost_their_own_rows(tmp_path: Path) -> None:
    endless = "x" * (CELL_LIMIT + 10)
    text = f"id,name,note\n1,A\0B,x\n2,{endless},x\n3,C,z\n"
    found = rows(a_file(tmp_path, text))
    assert broken(found) == [
        (2, "a cell holds a NUL character"),
        (3, "a cell is longer than 131,072 characters"),
    ]
    assert good(found) == [["3", "C", "z"]]


def test_reading_goes_on_behind_a_line(tmp_path: Path) -> None:
    path = a_file(tmp_path, "id,name,note\n1,A,x\n\n2,B,y\n3,C,z\n")
    assert [row.line for row in read_rows(path, UTF8, 3, after=4)] == [5]


def test_names_of_columns_are_made_unique(tmp_path: Path) -> None:
    header = read_header(a_file(tmp_path, "id,name,,name\n"), UTF8)
    assert header.names == ["id", "name", "Column 3", "name (2)"]
    assert header.notes == [
        "Column 3 has no name.",
        "There are several columns called name.",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no rows"),
        ("\n\n", "no rows"),
        (",".join(f"c{n}" for n in range(COLUMN_LIMIT + 1)), "has 501 columns"),
        (",".join(f"c{n}" for n in range(5000)), "has 5,000 columns"),
        ("a,,,,\n1,2,3,4,5\n", ""),
        ("a,,,,e\n1,2,3,4,5\n", "3 of 5 columns have no name"),
        ('"a,b\n1,2\n', "The first row cannot be read"),
    ],
)
def test_a_header_that_is_none_says_why(tmp_path: Path, text: str, why: str) -> None:
    path = a_file(tmp_path, text)
    if not why:
        assert read_header(path, UTF8).names == ["a"]
        return
    with pytest.raises(NotATable, match=why):
        read_header(path, UTF8)


def test_a_wrong_encoding_says_which_byte(tmp_path: Path) -> None:
    path = a_file(tmp_path, "id,name,note\n1,Müller,x\n", "latin-1")
    with pytest.raises(NotATable, match="byte 0xfc"):
        rows(path)


def test_an_excel_sheet_reads_as_the_csv_would(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Deals"
    page.append(["id", "closed", "amount", "won"])
    page.append(
        [
            1,
            datetime(2017, 3, 1),  # noqa: DTZ001 - Excel knows no zones
            1054.5,
            True,
        ]
    )
    page.append(["2", date(2017, 3, 2), 3, None])
    path = tmp_path / "deals.xlsx"
    book.save(path)
    assert sheet_names(path) == ["Deals"]
    found = rows(path, How("xlsx", sheet="Deals"), width=4)
    assert good(found) == [
        ["1", "2017-03-01", "1054.5", "TRUE"],
        ["2", "2017-03-02", "3", ""],
    ]


def test_a_damaged_excel_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "deals.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(NotATable, match="damaged"):
        sheet_names(path)


CELLS = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=12
)


@settings(max_examples=60)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=12))
def test_whatever_csv_writes_comes_back(table: list[list[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "name", "note"])
    writer.writerows(table)
    with tempfile.TemporaryDirectory() as folder:
        found = rows(a_file(Path(folder), text.getvalue()))
    assert not broken(found)
    assert good(found) == [row for row in table if any(cell.strip() for cell in row)]


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(b"id,name,note\n" + data)
        for row in read_rows(path, How("csv", "latin-1", ","), 3):
            assert row.broken or len(row.cells) == 3


def test_a_span_has_a_limit() -> None:
    assert SPAN_LIMIT < 10_000
