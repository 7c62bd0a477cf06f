"""Files that people open in a spreadsheet, and what must not run in one."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

type Cell = str | Decimal | date | None

# What makes a spreadsheet take a text for a formula, at its start.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
# Where a program that separates by ; tears the texts of a file with commas, and what
# would be a formula behind it.
TORN = re.compile(r"([;\t\r\n][\"\s]*)(?=[=+\-@|＝＋－＠｜])")


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


def defused_cell(text: str) -> str:
    """Return the text so that nothing in it runs, in one cell or torn into many.

    Spreadsheets in half of Europe take ; for the end of a cell, and a quotation mark
    behind a comma for a plain sign: "Acme;=1+1" becomes two cells there.
    """
    return TORN.sub(r"\1'", defused(text))


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
        return defused_cell(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return "" if cell is None else cell.isoformat()
