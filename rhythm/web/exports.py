"""Files that people open in a spreadsheet, and what must not run in one."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from rhythm.web.formats import SYMBOLS

type Cell = str | Decimal | date | None

# What a cell of a sheet holds at most, and how wide the columns are, in characters.
LONGEST_CELL = 32_767
WIDTH = 18

# What makes a spreadsheet take a text for a formula, at its start.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|")


def defused(text: str) -> str:
    """Return the text so that no spreadsheet runs it: with ' before it if need be.

    Full-width signs count too: some programs take them for plain ones.
    """
    start = unicodedata.normalize("NFKC", text[:1]) if text else ""
    stripped = text.lstrip()
    inner = unicodedata.normalize("NFKC", stripped[:1]) if stripped else ""
    if start in FORMULA_STARTS or inner in FORMULA_STARTS:
        return f"'{text}" if text else text
    return text


class _Echo:
    """What csv writes to; gives each line back, to be streamed."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a CSV file line by line. Its cells are written as they are."""
    writer = csv.writer(_Echo())
    # Excel takes UTF-8 for what it is only behind this mark.
    yield "\ufeff"
    for row in rows:
        yield writer.writerow(row)


def as_text(rows: Iterable[Sequence[Cell]]) -> Iterator[list[str]]:
    """Yield the rows as a CSV file has them: 2026-11-19, 1234.50, texts defused."""
    for row in rows:
        yield [_plain(cell) for cell in row]


def _plain(cell: Cell) -> str:
    if isinstance(cell, str):
        return defused(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return "" if cell is None else cell.isoformat()


def write_xlsx(
    file: IO[bytes],
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    currency: str,
) -> None:
    """Write an XLSX file of one sheet: amounts with their currency, days as days.

    Rows go to the disk as they come, so that memory stays the same for any number.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_legal(title)[:31])
    sheet.freeze_panes = "A2"
    for number in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTH
    sheet.append([_legal(defused(head)) for head in heads])
    # Copied for each amount: to give each its format anew would take twice as long.
    amount = WriteOnlyCell(sheet)
    amount.number_format = f"[${SYMBOLS.get(currency, currency).strip()}] #,##0.00"
    for row in rows:
        sheet.append(list(_typed(row, sheet, amount)))
    book.save(file)


def _typed(row: Sequence[Cell], sheet: Any, amount: Any) -> Iterator[Any]:
    for cell in row:
        if isinstance(cell, Decimal):
            money = copy(amount)
            money.value = cell
            yield money
        elif isinstance(cell, str):
            text = _legal(defused(cell))
            if text.startswith("#"):
                # "#N/A" is a text here, and no error of a sheet.
                stated = WriteOnlyCell(sheet, text)
                stated.data_type = "s"
                yield stated
            else:
                yield text
        else:
            yield cell


def _legal(text: str) -> str:
    """Return the text without signs that no XLSX file may have."""
    return ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL]
