"""What nobody's browser sends: files made to break the reader, answers made up."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from pipeline.imports.models import ImportRun
from pipeline.imports.services import LARGEST_FILE
from rhythm.people.models import User
from tests.factories.process import a_process
from tests.imports.steps import a_file, upload

pytestmark = pytest.mark.django_db

SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
ROW = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<sheetData><row r="1"><c r="A1" t="s"><v>VALUE</v></c></row></sheetData>'
    b"</worksheet>"
)
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{ENTITIES}]>'


def workbook() -> bytes:
    """Return a plain Excel file of deals."""
    book = Workbook()
    for row in (("id", "name", "stage"), ("1", "One", "Discover")):
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def with_part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the Excel file with one of its parts changed."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as old,
        zipfile.ZipFile(held, "w") as new,
    ):
        for each in old.namelist():
            data = old.read(each)
            new.writestr(each, change(data) if each == name else data)
    return held.getvalue()


def with_wrong_sum() -> bytes:
    """Return an Excel file one of whose parts is not what its checksum says."""
    data = with_part(SHEET, lambda part: part + b"<!-- the mark -->")
    return data.replace(b"the mark", b"THE MARK")


def encrypted() -> bytes:
    """Return an Excel file that says of all its parts that they are encrypted."""
    data = bytearray(with_part(SHEET, lambda part: part))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


BROKEN = {
    "cut off": lambda: with_part(SHEET, lambda part: part[: len(part) // 2]),
    "no xml": lambda: with_part(SHEET, lambda _part: b"\xff\x00 nothing"),
    "empty": lambda: with_part(SHEET, lambda _part: b""),
    "laughs": lambda: with_part(SHEET, lambda _part: (LAUGHS + "<x>&e9;</x>").encode()),
    "file outside": lambda: with_part(
        SHEET,
        lambda _part: (
            b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
        ),
    ),
    "string that is not there": lambda: with_part(
        SHEET, lambda _part: ROW.replace(b"VALUE", b"99999")
    ),
    "string of no number": lambda: with_part(
        SHEET, lambda _part: ROW.replace(b"VALUE", b"x")
    ),
    "cell of no place": lambda: with_part(
        SHEET, lambda part: part.replace(b'r="A1"', b'r="ZZZZZZZ1"')
    ),
    "row of no number": lambda: with_part(
        SHEET, lambda part: part.replace(b'<row r="1"', b'<row r="x"')
    ),
    "row far away": lambda: with_part(
        SHEET, lambda part: part.replace(b'<row r="2"', b'<row r="99999999999"')
    ),
    "wrong sum": with_wrong_sum,
    "encrypted": encrypted,
    "half a zip": lambda: workbook()[:-40],
    "only a head": lambda: b"PK\x03\x04" + b"\0" * 100,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_workbook_is_refused_with_a_reason(ada: User, name: str) -> None:
    run = upload(ada, a_file("deals.xlsx", BROKEN[name]()))

    assert run.files.get().problem


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd.csv",
        "..\\..\\x.csv",
        "a\0b.csv",
        "\u202evsc.exe.csv",
        "🙂.csv",
        "x" * 900 + ".csv",
        "con.csv",
        "a\r\nSet-Cookie: b.csv",
        '"><script>.csv',
        ".csv",
        "/",
    ],
)
def test_the_name_of_a_file_leads_nowhere(ada: User, name: str) -> None:
    a_process()
    run = upload(ada, a_file(name, "id,name,stage\n1,One,Discover\n"))
    file = run.files.get()

    assert file.path.name.endswith(".upload")
    assert "passwd" not in str(file.path)
    assert not set(file.name) & set('/\\\0\r\n<>"\u202e')


def test_nor_does_that_of_one_that_is_too_large(ada: User) -> None:
    huge = a_file("\u202evsc.csv", "id\n1\n")
    huge.size = LARGEST_FILE + 1

    with pytest.raises(ValidationError, match=r"^\['vsc.csv is larger than 1 GB"):
        upload(ada, huge)


@pytest.fixture
def browser(as_user: Callable[..., Client], ada: User) -> Client:
    return as_user(ada)


@pytest.fixture(params=["csv", "xlsx"])
def run(ada: User, request: pytest.FixtureRequest) -> ImportRun:
    a_process()
    if request.param == "xlsx":
        return upload(ada, a_file("deals.xlsx", workbook()))
    lines = (
        "id,name,stage,owner,product,close date\n1,One,Discover,Rita,Pump,2026-01-02\n"
    )
    return upload(ada, a_file("deals.csv", lines))


JUNK = [
    "10" * 15,
    "9" * 5000,
    "٣",
    "a\0b",
    "x" * 10_000,
    "\ud800",
    "idna",
    '"',
    "ab",
]


def fields_of_page(run: ImportRun, step: str) -> list[str]:
    pk = run.files.get().pk
    return {
        "files": [f"{each}-{pk}" for each in ("kind", "encoding", "delimiter", "sheet")]
        + [f"format-{pk}-5", "version"],
        "columns": [f"field-{pk}-0", f"key-{pk}", "preset", "version"],
        "matching": [
            *("process", "process_name", "owner", "list_price", "version"),
            *("stage-0", "order-0", "owner-0", "product-0"),
        ],
    }[step]


@pytest.mark.parametrize("junk", JUNK, ids=ascii)
@pytest.mark.parametrize("step", ["files", "columns", "matching"])
def test_made_up_answers_break_no_page(
    browser: Client, run: ImportRun, step: str, junk: str
) -> None:
    address = reverse(f"imports:import_{step}", args=[run.pk])
    for name in fields_of_page(run, step):
        run.refresh_from_db()
        text = junk if junk != "\ud800" else b"\xed\xa0\x80"
        answer = browser.post(address, {"version": str(run.version), name: text})
        assert answer.status_code in {302, 409, 422}, name
    for shown in ("files", "columns", "matching"):
        page = reverse(f"imports:import_{shown}", args=[run.pk])
        assert browser.get(page).status_code == 200
    assert browser.get(run.get_absolute_url()).status_code in {200, 302}
