"""XLSX files of one sheet, written row by row.

A library for them takes a minute for 100,000 rows, most of it for making an object of
each cell. The part of the format that a plain table needs is small.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import batched
from typing import IO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from rhythm.web.exports import Cell, defused
from rhythm.web.formats import SYMBOLS

# What a cell holds at most, and how wide the columns are, in characters.
LONGEST_CELL = 32_767
WIDTH = 18
# Signs that no XML may have.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Days are counted from here; those before the first of March 1900 wrongly.
FIRST_DAY, FIRST_RIGHT = date(1899, 12, 30), date(1900, 3, 1)
DAY_STYLE, MONEY_STYLE = 1, 2

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"

TYPES = f"""{HEAD}<Types xmlns="{PACKAGE}/content-types">\
<Default Extension="rels" ContentType="{RELATIONS_TYPE}"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/>\
</Types>"""
RELATIONS = f"""{HEAD}<Relationships xmlns="{PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>\
</Relationships>"""
BOOK_RELATIONS = f"""{HEAD}<Relationships xmlns="{PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>\
<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>\
</Relationships>"""


def write_xlsx(
    file: IO[bytes],
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    currency: str,
) -> None:
    """Write an XLSX file of one sheet: amounts with their currency, days as days.

    Memory stays the same for any number of rows. Texts are defused.
    """
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", TYPES)
        package.writestr("_rels/.rels", RELATIONS)
        package.writestr("xl/workbook.xml", _book(title))
        package.writestr("xl/_rels/workbook.xml.rels", BOOK_RELATIONS)
        package.writestr("xl/styles.xml", _styles(currency))
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for some in batched(_sheet(heads, rows), 500):
                sheet.write("".join(some).encode())


def _book(title: str) -> str:
    name = quoteattr(_legal(title)[:31])
    return (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        f'<sheet name={name} sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _styles(currency: str) -> str:
    """Return the three styles of cells: as it is, a day, an amount."""
    symbol = SYMBOLS.get(currency, currency).strip()
    money = quoteattr(f"[${symbol}] #,##0.00" if symbol else "#,##0.00")
    plain = 'fontId="0" fillId="0" borderId="0"'
    return (
        f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="2">'
        '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
        f'<numFmt numFmtId="165" formatCode={money}/></numFmts>'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/>'
        "</border></borders>"
        f'<cellStyleXfs count="1"><xf numFmtId="0" {plain}/></cellStyleXfs>'
        f'<cellXfs count="3"><xf numFmtId="0" {plain} xfId="0"/>'
        f'<xf numFmtId="164" {plain} xfId="0" applyNumberFormat="1"/>'
        f'<xf numFmtId="165" {plain} xfId="0" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
        "</cellStyles></styleSheet>"
    )


def _sheet(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        "</sheetView></sheetViews><cols>"
        f'<col min="1" max="{len(heads)}" width="{WIDTH}" customWidth="1"/></cols>'
        "<sheetData>"
    )
    letters = [column_letters(number) for number in range(1, len(heads) + 1)]
    yield _row(1, letters, heads)
    for number, row in enumerate(rows, start=2):
        yield _row(number, letters, row)
    yield "</sheetData></worksheet>"


def _row(number: int, letters: Sequence[str], cells: Sequence[Cell]) -> str:
    told = (
        _cell(f"{letter}{number}", cell)
        for letter, cell in zip(letters, cells, strict=True)
    )
    return f'<row r="{number}">{"".join(told)}</row>'


def _cell(place: str, cell: Cell) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, Decimal):
        return f'<c r="{place}" s="{MONEY_STYLE}"><v>{cell:f}</v></c>'
    if isinstance(cell, date):
        if cell >= FIRST_RIGHT:
            days = (cell - FIRST_DAY).days
            return f'<c r="{place}" s="{DAY_STYLE}"><v>{days}</v></c>'
        cell = cell.isoformat()
    text = escape(_legal(defused(cell))[:LONGEST_CELL])
    return (
        f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    )


def _legal(text: str) -> str:
    return ILLEGAL.sub("", text)


def column_letters(number: int) -> str:
    """Return how a sheet calls its column: A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
