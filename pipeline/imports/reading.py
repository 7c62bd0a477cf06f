"""Rows out of a file, in constant memory, without losing the good ones to a bad one.

Python's csv reader swallows the rest of a file behind a quote that never closes. Here
such a row is set aside with its line, and reading goes on with the next line.
"""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from pipeline.imports.sniffing import CSV, NotATable

COLUMN_LIMIT = 500
NAME_LIMIT = 120
XLSX_ROW_LIMIT = 100_000
CELL_LIMIT = 131_072
# A line so long is no row; a row over so many lines is a quote that never closes.
LINE_LIMIT = 4 * 1024 * 1024
SPAN_LIMIT = 500

csv.field_size_limit(CELL_LIMIT)


@dataclass(frozen=True)
class How:
    """How to read a file: of a CSV its encoding and delimiter, of an XLSX its sheet."""

    form: str
    encoding: str = ""
    delimiter: str = ","
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. line counts from 1, the header's included; broken says what is wrong."""

    line: int
    cells: list[str]
    broken: str = ""


@dataclass(frozen=True)
class Header:
    """The names of the columns, each once and none empty, and what was odd."""

    names: list[str]
    notes: list[str]


def read_header(path: Path, how: How) -> Header:
    """Return the header: the first row that is not empty.

    Raises NotATable if there is none, it is too wide, or mostly without names.
    """
    for row in _raw_rows(path, how):
        if row.broken:
            raise NotATable(f"The first row cannot be read: {row.broken}.")
        if any(cell.strip() for cell in row.cells):
            return _header(row.cells)
    raise NotATable("The file has no rows.")


def _header(cells: list[str]) -> Header:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > COLUMN_LIMIT:
        raise NotATable(
            f"The file has {len(cells):,} columns; at most {COLUMN_LIMIT} can be read. "
            "Is the first row the header, and the delimiter right?"
        )
    named = sum(1 for cell in cells if cell.strip())
    if named * 2 < len(cells):
        raise NotATable(
            f"This is not one table: {len(cells) - named} of {len(cells)} columns have "
            "no name in the first row. Are several tables side by side?"
        )
    return _name_columns(cells)


def _name_columns(cells: list[str]) -> Header:
    names: list[str] = []
    notes: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.replace("\0", "").split())[:NAME_LIMIT]
        if not name:
            name = f"Column {number}"
            notes.append(f"Column {number} has no name.")
        elif name in taken:
            notes.append(f"There are several columns called {name}.")
        unique, count = name, 1
        while unique in taken:
            count += 1
            unique = f"{name} ({count})"
        taken.add(unique)
        names.append(unique)
    return Header(names, list(dict.fromkeys(notes)))


def read_rows(path: Path, how: How, width: int, *, after: int = 0) -> Iterator[Row]:
    """Yield the rows behind the header whose line is beyond `after`; empty ones not.

    Each has exactly `width` cells, or says in `broken` why it has not.
    """
    header_seen = False
    for row in _raw_rows(path, how):
        if not header_seen:
            header_seen = bool(row.broken) or any(cell.strip() for cell in row.cells)
            continue
        if row.line <= after or not (row.broken or any(map(str.strip, row.cells))):
            continue
        yield _fitted(row, width)


def _fitted(row: Row, width: int) -> Row:
    """Return the row with empty cells at its end added or taken; else broken."""
    count = len(row.cells)
    if row.broken:
        return row
    if any("\0" in cell for cell in row.cells):
        cells = [cell.replace("\0", "") for cell in row.cells]
        return Row(row.line, cells, "a cell holds a NUL character")
    if count == width:
        return row
    if count > width and not any(cell.strip() for cell in row.cells[width:]):
        return Row(row.line, row.cells[:width])
    return Row(
        row.line,
        row.cells,
        f"{count} {'cell' if count == 1 else 'cells'} where the header has {width}",
    )


def _raw_rows(path: Path, how: How) -> Iterator[Row]:
    if how.form == CSV:
        with open(path, encoding=how.encoding, errors="strict", newline="") as text:
            yield from _csv_rows(text, how.delimiter)
    else:
        yield from _sheet_rows(path, how.sheet)


class _Unclosed(Exception):
    """A row goes on over more lines than any row does."""


class _Lines:
    """Feeds physical lines to the csv reader, and keeps those of the current row."""

    def __init__(self, text: io.TextIOBase | io.TextIOWrapper) -> None:
        self.text = text
        self.again: list[str] = []
        self.current: list[str] = []
        # The line that the current row starts in.
        self.start = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.current) >= SPAN_LIMIT:
            raise _Unclosed
        line = self.again.pop() if self.again else self._read()
        self.current.append(line)
        return line

    def _read(self) -> str:
        try:
            line = self.text.readline(LINE_LIMIT)
        except UnicodeDecodeError as error:
            raise NotATable(
                f"The text is not {error.encoding}: byte "
                f"{error.object[error.start]:#x} does not fit. Choose another encoding."
            ) from None
        if not line:
            raise StopIteration
        if len(line) >= LINE_LIMIT:
            raise NotATable("The file has a line of more than 4 million characters.")
        return line

    def done(self) -> None:
        """Forget the current row's lines: they were a row."""
        self.start += len(self.current)
        self.current.clear()

    def give_back_all_but_first(self) -> str:
        """Return the row's first line; the others will be read as rows of their own."""
        first, *rest = self.current
        self.again.extend(reversed(rest))
        self.start += 1
        self.current.clear()
        return first


def _csv_rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width = 0
    while True:
        line = lines.start
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _Unclosed) as error:
            yield _set_aside(lines, line, delimiter, error)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        if len(lines.current) > 1 and width and len(cells) != width:
            # Several lines that do not make a row: a quote closed where it should not.
            yield _set_aside(lines, line, delimiter, None)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        lines.done()
        width = width or len(cells)
        yield Row(line, cells)


def _set_aside(
    lines: _Lines, line: int, delimiter: str, error: Exception | None
) -> Row:
    """Return the row's first line as a broken row; its other lines are read again."""
    alone = len(lines.current) == 1
    first = lines.give_back_all_but_first()
    why = "a quote opens in this row and never closes"
    if alone and error is not None and "limit" in str(error):
        why = f"a cell is longer than {CELL_LIMIT:,} characters"
    elif alone and error is not None and "end of data" not in str(error):
        why = "the quotes in this row do not match"
    cells = [cell[:500].strip('"') for cell in first[:50_000].split(delimiter)]
    cells = [cell.replace("\0", "").rstrip("\r\n") for cell in cells[:COLUMN_LIMIT]]
    return Row(line, cells, why)


def sheet_names(path: Path) -> list[str]:
    """Return the names of an Excel file's sheets. Raises NotATable if it has none."""
    with _opened(path) as book:
        names = [str(each.title) for each in book.worksheets]
    if not names:
        raise NotATable("This Excel file has no sheets.")
    return names


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open an Excel file, whatever it is called here."""
    with open(path, "rb") as file:
        try:
            book = load_workbook(file, read_only=True, data_only=True)
        except Exception as error:  # openpyxl lets every kind through
            raise NotATable("This Excel file is damaged.") from error
        with contextlib.closing(book):
            yield book


def _sheet_rows(path: Path, sheet: str) -> Iterator[Row]:
    try:
        with _opened(path) as book:
            yield from _page_rows(book, sheet)
    except (NotATable, OSError):
        raise
    except Exception as error:  # openpyxl lets every kind through, here too
        raise NotATable("This Excel file is damaged.") from error


def _page_rows(book: Any, sheet: str) -> Iterator[Row]:
    page = book[sheet]
    if not hasattr(page, "reset_dimensions"):
        raise NotATable(f"The sheet {sheet} is a chart, not a table.")
    # What the file says about its size is often wrong.
    page.reset_dimensions()
    rows = page.iter_rows(values_only=True, max_col=COLUMN_LIMIT + 1)
    for line, values in enumerate(rows, start=1):
        if line > XLSX_ROW_LIMIT + 1:
            raise NotATable(
                f"Excel files are read up to {XLSX_ROW_LIMIT:,} rows; this one has "
                "more. Save it as CSV."
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
