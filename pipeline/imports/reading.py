"""The header and the rows of a file, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.imports.csvs import csv_rows
from pipeline.imports.raw import COLUMN_LIMIT, Row
from pipeline.imports.sheets import sheet_rows
from pipeline.imports.sniffing import CSV, NotATable
from rhythm.web.words import _, ngettext

NAME_LIMIT = 120


@dataclass(frozen=True)
class How:
    """How to read a file: of a CSV its encoding and delimiter, of an XLSX its sheet."""

    form: str
    encoding: str = ""
    delimiter: str = ","
    sheet: str = ""


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
            raise NotATable(
                _("The first row cannot be read: %(why)s.") % {"why": row.broken}
            )
        if any(cell.strip() for cell in row.cells):
            return _header(row.cells)
    raise NotATable(_("The file has no rows."))


def _header(cells: list[str]) -> Header:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > COLUMN_LIMIT:
        raise NotATable(
            _(
                "The file has %(count)s columns; at most %(limit)s can be read. "
                "Is the first row the header, and the delimiter right?"
            )
            % {"count": f"{len(cells):,}", "limit": COLUMN_LIMIT}
        )
    named = sum(1 for cell in cells if cell.strip())
    if named * 2 < len(cells):
        raise NotATable(
            _(
                "This is not one table: %(unnamed)s of %(count)s columns have no name "
                "in the first row. Are several tables side by side?"
            )
            % {"unnamed": len(cells) - named, "count": len(cells)}
        )
    return _name_columns(cells)


def _name_columns(cells: list[str]) -> Header:
    names: list[str] = []
    notes: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.replace("\0", "").split())[:NAME_LIMIT]
        if not name:
            name = _("Column %(number)s") % {"number": number}
            notes.append(_("Column %(number)s has no name.") % {"number": number})
        elif name in taken:
            notes.append(
                _("There are several columns called %(name)s.") % {"name": name}
            )
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
        return Row(row.line, cells, _("a cell holds a NUL character"))
    if count == width:
        return row
    if count > width and not any(cell.strip() for cell in row.cells[width:]):
        return Row(row.line, row.cells[:width])
    why = ngettext(
        "%(count)s cell where the header has %(width)s",
        "%(count)s cells where the header has %(width)s",
        count,
    )
    return Row(row.line, row.cells, why % {"count": count, "width": width})


def _raw_rows(path: Path, how: How) -> Iterator[Row]:
    if how.form == CSV:
        with open(path, encoding=how.encoding, errors="strict", newline="") as text:
            yield from csv_rows(text, how.delimiter)
    else:
        yield from sheet_rows(path, how.sheet)
