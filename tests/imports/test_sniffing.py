"""What a file is, judged by its bytes. No database."""

from __future__ import annotations

import codecs
import io
import zipfile
from pathlib import Path

import pytest

from pipeline.imports.sniffing import CSV, XLSX, NotATable, sniff_form, sniff_text

TABLE = "id,name\n1,Müller\n2,Café ☕\n"
WESTERN = "id;name\n1;Müller\n2;Café\n"


def a_file(folder: Path, data: bytes, name: str = "deals.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TABLE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TABLE.encode(), "utf-8-sig"),
        (TABLE.encode("utf-16"), "utf-16"),
        (TABLE.encode("utf-16-le"), "utf-16-le"),
        (TABLE.encode("utf-16-be"), "utf-16-be"),
        (WESTERN.encode("latin-1"), "cp1252"),
        (("id,name\n1,Žluťoučký kůň\n" * 20).encode("cp1250"), "cp1250"),
        (("id,name\n1,Привет мир\n" * 20).encode("cp1251"), "cp1251"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, data: bytes, encoding: str) -> None:
    assert sniff_text(a_file(tmp_path, data)).encoding == encoding


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["id", "name", "note"], ["1", "A", "x"], ["2", "B", "y; z, w"]]
    quoted = "\r\n".join(
        delimiter.join(f'"{each}"' if " " in each else each for each in row)
        for row in rows
    )
    path = a_file(tmp_path, quoted.encode())
    assert sniff_text(path).delimiter == delimiter


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"", "deals.csv", "The file is empty."),
        (b" \r\n\r\n", "deals.csv", "The file is empty."),
        (b"%PDF-1.7 ...", "deals.csv", "a PDF document"),
        (b"<!DOCTYPE html><table>", "deals.csv", "a web page"),
        (b"\xef\xbb\xbf <html>", "deals.csv", "a web page"),
        (b'[{"id": 1}]', "deals.csv", "JSON"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "deals.xls", "Only .csv"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "deals.xlsx", "an old Excel"),
        (b"\x89PNG\r\n", "deals.csv", "a picture"),
        (TABLE.encode(), "deals.exe", "Only .csv"),
        (TABLE.encode(), "deals.xlsx", "but this is a text file"),
        (zipped("a.txt", b"x"), "deals.xlsx", "a compressed file"),
        (zipped("xl/workbook.xml", b"<x/>"), "deals.csv", "an Excel file"),
        (b"PK\x03\x04 broken", "deals.xlsx", "damaged"),
    ],
)
def test_what_is_no_table_says_what_it_is(
    tmp_path: Path, data: bytes, name: str, why: str
) -> None:
    with pytest.raises(NotATable, match=why):
        sniff_form(a_file(tmp_path, data, name), name)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = zipped("xl/workbook.xml", b"\0" * 40_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(NotATable, match="too large when unpacked"):
        sniff_form(a_file(tmp_path, bomb, "deals.xlsx"), "deals.xlsx")


def test_binary_rubbish_called_csv_is_no_text(tmp_path: Path) -> None:
    rubbish = bytes(range(256)) * 40
    path = a_file(tmp_path, rubbish)
    assert sniff_form(path, "deals.csv") == CSV
    with pytest.raises(NotATable, match="not a text file"):
        sniff_text(path)


def test_a_table_is_a_table(tmp_path: Path) -> None:
    assert sniff_form(a_file(tmp_path, TABLE.encode()), "deals.csv") == CSV
    book = zipped("xl/workbook.xml", b"<workbook/>")
    assert sniff_form(a_file(tmp_path, book, "a.xlsx"), "a.xlsx") == XLSX
