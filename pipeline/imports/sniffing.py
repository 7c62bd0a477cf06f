"""What an uploaded file is: its form, encoding and delimiter. Judged by its bytes.

The file's name only ever narrows it down: a name that ends in .csv makes no table of a
picture.
"""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes

from rhythm.web.words import _, gettext_lazy

CSV = "csv"
XLSX = "xlsx"
ENDINGS = {".csv": CSV, ".txt": CSV, ".tsv": CSV, ".tab": CSV, ".xlsx": XLSX}
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-16", "cp1252", "latin-1", "cp1250", "mac-roman")

HEAD_BYTES = 64 * 1024
BLOCK_BYTES = 1024 * 1024
# Unpacked, an XLSX may be so large; beyond that it is a bomb, or needs a CSV anyway.
UNPACKED_LIMIT = 300 * 1024 * 1024
UNPACKED_RATIO = 200

MAGIC = (
    (b"%PDF", gettext_lazy("a PDF document")),
    (
        b"\xd0\xcf\x11\xe0",
        gettext_lazy("an old Excel or Word file (.xls, .doc); save it as .xlsx or CSV"),
    ),
    (b"\x1f\x8b", gettext_lazy("a compressed file; unpack it first")),
    (b"7z\xbc\xaf", gettext_lazy("a compressed file; unpack it first")),
    (b"Rar!", gettext_lazy("a compressed file; unpack it first")),
    (b"\x89PNG", gettext_lazy("a picture")),
    (b"\xff\xd8\xff", gettext_lazy("a picture")),
    (b"GIF8", gettext_lazy("a picture")),
    (b"{\\rtf", gettext_lazy("a text document (RTF)")),
    (b"\x7fELF", gettext_lazy("a program")),
    (b"MZ", gettext_lazy("a program")),
)
MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<svg", b"<head", b"<script", b"<table")
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NotATable(ValueError):
    """The file cannot be read as a table. The message tells a person why."""


@dataclass(frozen=True)
class Text:
    """How the bytes of a CSV become text and cells."""

    encoding: str
    delimiter: str


def sniff_form(path: Path, name: str) -> str:
    """Return CSV or XLSX.

    Raises NotATable for anything else, and for a file whose name says another form.
    """
    named = ENDINGS.get(Path(name).suffix.lower())
    if named is None:
        raise NotATable(_("Only .csv, .tsv, .txt and .xlsx files can be brought in."))
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip():
        raise NotATable(_("The file is empty."))
    form = _form(head)
    if form == XLSX:
        _check_workbook(path)
    if form != named:
        raise NotATable(
            (
                _("The name ends in %(ending)s, but this is an Excel file.")
                if form == XLSX
                else _("The name ends in %(ending)s, but this is a text file.")
            )
            % {"ending": Path(name).suffix}
        )
    return form


def _form(head: bytes) -> str:
    if head.startswith(b"PK\x03\x04"):
        return XLSX
    for magic, what in MAGIC:
        if head.startswith(magic):
            raise NotATable(_("This is %(what)s, not a table.") % {"what": what})
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith(MARKUP):
        raise NotATable(_("This is a web page, not a table. Export it as CSV instead."))
    if start.startswith((b'{"', b'[{"', b"[\n", b"{\n")):
        raise NotATable(_("This is JSON, not a table. Export it as CSV instead."))
    return CSV


def _check_workbook(path: Path) -> None:
    """Refuse what only looks like an Excel file, and zip bombs, before unpacking."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except zipfile.BadZipFile:
        raise NotATable(_("This Excel file is damaged.")) from None
    if not any(each.filename == "xl/workbook.xml" for each in parts):
        raise NotATable(
            _("This is a compressed file, not an Excel file; unpack it first.")
        )
    unpacked = sum(each.file_size for each in parts)
    ratio = unpacked / max(path.stat().st_size, 1)
    if unpacked > UNPACKED_LIMIT or (unpacked > BLOCK_BYTES and ratio > UNPACKED_RATIO):
        raise NotATable(
            _("This Excel file is too large when unpacked. Save it as CSV.")
        )


def sniff_text(path: Path) -> Text:
    """Return the encoding and the delimiter of a CSV, from all of its bytes.

    Raises NotATable if it is no text.
    """
    encoding = _encoding(path)
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    if _looks_binary(text):
        raise NotATable(_("This is not a text file."))
    return Text(encoding=encoding, delimiter=sniff_delimiter(text))


def _encoding(path: Path) -> str:
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
        for bom, marked in BOMS:
            if head.startswith(bom):
                return marked
        if wide := _wide(head):
            return wide
        file.seek(0)
        if _is_utf8(file):
            return "utf-8"
        file.seek(0)
        return _single_byte(file)


def _wide(head: bytes) -> str | None:
    """Return UTF-16 without a mark, seen by the zero beside each plain letter."""
    even, odd = head[0:2000:2], head[1:2000:2]
    if not odd:
        return None
    zeros_even, zeros_odd = even.count(0) / len(even), odd.count(0) / len(odd)
    if zeros_odd > 0.4 and zeros_even < 0.1:
        return "utf-16-le"
    if zeros_even > 0.4 and zeros_odd < 0.1:
        return "utf-16-be"
    return None


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(BLOCK_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _single_byte(file: BinaryIO) -> str:
    """Return the encoding of 8-bit text: Western unless the letters say otherwise."""
    lines: list[bytes] = []
    undefined = False
    while block := file.read(BLOCK_BYTES):
        undefined = undefined or any(each in block for each in b"\x81\x8d\x8f\x90\x9d")
        if sum(map(len, lines)) < HEAD_BYTES:
            # Only lines with something else than ASCII can tell.
            lines += [each for each in block.splitlines() if not each.isascii()]
    telling = b"\n".join(lines)[:HEAD_BYTES]
    if _is_mostly_high(telling):
        return "cp1251"
    guess = from_bytes(telling, cp_isolation=["cp1252", "cp1250", "mac_roman"]).best()
    # Central European letters decode as cp1252 too, as signs amid words.
    if guess and guess.encoding == "cp1250" and _has_signs_in_words(telling):
        return "cp1250"
    return "latin-1" if undefined else "cp1252"


def _is_mostly_high(telling: bytes) -> bool:
    """Return whether words consist of bytes beyond ASCII, as Cyrillic ones do."""
    words = re.findall(rb"[A-Za-z\x80-\xff]{3,}", telling)
    high = [each for each in words if all(letter >= 0xC0 for letter in each)]
    return len(high) * 2 > len(words)


def _has_signs_in_words(telling: bytes) -> bool:
    text = telling.decode("cp1252", "replace")
    inside = [
        sign
        for before, sign, after in zip(text, text[1:], text[2:], strict=False)
        if before.isalpha()
        and after.isalpha()
        and not sign.isascii()
        and not sign.isalpha()
    ]
    return len(inside) > 2


def _looks_binary(text: str) -> bool:
    control = sum(1 for each in text if each < " " and each not in "\t\r\n\f\v\x1a")
    return control > max(len(text) // 50, 3) and control > text.count("\n") + 3


def sniff_delimiter(text: str) -> str:
    """Return the delimiter that gives the most rows of the same, largest width."""
    lines = text.splitlines()
    # The last line may be cut off.
    sample = "\n".join(lines[:-1] if len(lines) > 20 else lines)
    scored = {each: _consistency(sample, each) for each in DELIMITERS}
    best = max(DELIMITERS, key=lambda each: scored[each])
    return best if scored[best] > (0, 0) else ","


def _consistency(sample: str, delimiter: str) -> tuple[int, int]:
    """Return how many of the first rows have the header's width, and that width."""
    widths: Counter[int] = Counter()
    header = 0
    try:
        rows = csv.reader(sample.splitlines(), delimiter=delimiter)
        for number, row in zip(range(200), (row for row in rows if row), strict=False):
            header = len(row) if number == 0 else header
            widths[len(row)] += 1
    except csv.Error:
        pass
    return (widths[header], header) if header > 1 else (0, 0)
