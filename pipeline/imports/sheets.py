"""Rows out of an Excel file, as texts like those of a CSV."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from pipeline.imports.raw import COLUMN_LIMIT, Row
from pipeline.imports.sniffing import NotATable
from rhythm.web.words import _

XLSX_ROW_LIMIT = 100_000


def sheet_names(path: Path) -> list[str]:
    """Return the names of an Excel file's sheets. Raises NotATable if it has none."""
    with _opened(path) as book:
        names = [str(each.title) for each in book.worksheets]
    if not names:
        raise NotATable(_("This Excel file has no sheets."))
    return names


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open an Excel file, whatever it is called here."""
    with open(path, "rb") as file:
        try:
            book = load_workbook(file, read_only=True, data_only=True)
        except Exception as error:  # openpyxl lets every kind through
            raise NotATable(_("This Excel file is damaged.")) from error
        with contextlib.closing(book):
            yield book


def sheet_rows(path: Path, sheet: str) -> Iterator[Row]:
    """Yield every row of a sheet, also the header and empty ones."""
    try:
        with _opened(path) as book:
            yield from _page_rows(book, sheet)
    except (NotATable, OSError):
        raise
    except Exception as error:  # openpyxl lets every kind through, here too
        raise NotATable(_("This Excel file is damaged.")) from error


def _page_rows(book: Any, sheet: str) -> Iterator[Row]:
    page = book[sheet]
    if not hasattr(page, "reset_dimensions"):
        raise NotATable(
            _("The sheet %(sheet)s is a chart, not a table.") % {"sheet": sheet}
        )
    # What the file says about its size is often wrong.
    page.reset_dimensions()
    rows = page.iter_rows(values_only=True, max_col=COLUMN_LIMIT + 1)
    for line, values in enumerate(rows, start=1):
        if line > XLSX_ROW_LIMIT + 1:
            raise NotATable(
                _(
                    "Excel files are read up to %(limit)s rows; this one has more. "
                    "Save it as CSV."
                )
                % {"limit": f"{XLSX_ROW_LIMIT:,}"}
            )
        yield Row(line, [_cell(value) for value in values])


def _cell(value: object) -> str:
    """Return a cell of Excel as the text that a CSV would have."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        text = value.isoformat(sep=" ", timespec="seconds")
        return text.removesuffix(" 00:00:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    return str(value)
