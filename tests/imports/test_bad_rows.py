"""Rows that cannot come in, each with its reason; and the good ones beside them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.imports.models import ImportRun, ImportState
from pipeline.opportunities.models import Account, Opportunity
from rhythm.people.models import User
from tests.factories.process import a_process
from tests.imports.steps import a_file, bring_in, check, rows, totals, upload

pytestmark = pytest.mark.django_db

HEADER = ["id", "name", "account", "stage", "amount", "close date", "next step", "url"]
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
STRANGE = "👩‍💻 שלום \u202eevil\u202c ẹ́ Zoë"


def deals(*lines: list[str], delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(HEADER)
    writer.writerows([*line, *[""] * (len(HEADER) - len(line))] for line in lines)
    return text.getvalue()


# Enough good rows that the columns read as dates and amounts.
GOOD = [
    [f"G{n}", f"Deal {n}", "Acme", "Discover", f"{n}.50", f"2026-03-{n:02}"]
    for n in range(1, 28)
]


def brought(by: User, *lines: list[str]) -> ImportRun:
    a_process()
    run = upload(by, a_file("deals.csv", deals(*GOOD, *lines)))
    return bring_in(run, owner=by.pk)


def why(run: ImportRun) -> dict[str, list[str]]:
    """Return the reasons of refused rows, by the first cell."""
    found = rows(run, action="refuse")
    return {row.cells[0]: row.reasons for row in found if row.cells}


def test_each_bad_row_says_why_and_no_good_row_is_lost(ada: User) -> None:
    run = brought(
        ada,
        ["B1", "No such day", "", "Discover", "1", "2026-02-31"],
        ["B2", "Too much", "", "Discover", "1e400", ""],
        ["B3", "Far away", "", "Discover", "", "9999-01-01"],
        ["B4", "x" * 10_000, "", "Discover"],
        ["G1", "Again", "", "Discover"],
        ["", "No id", "", "Discover"],
        ["B5", "No stage", "", ""],
        ["B6", "Negative", "", "Discover", "-3"],
        ["B7", "Never closed", "", "Won"],
        ["B8", "Two things", "", "Discover", "much", "soon"],
    )
    assert run.state == ImportState.DONE, run.error
    assert why(run) == {
        "B1": ["close date: 2026-02-31 is not a day of the calendar"],
        "B2": ["amount: 1e400 is more than 999,999,999,999.99"],
        "B3": ["close date: 9999-01-01 is outside the years 1950 to 2100"],
        "B4": ["name: 10,000 characters; at most 200 fit"],
        "G1": ["The same id as in row 2"],
        "": ["It has no id, so a repeated import could not find it again"],
        "B5": ["It has no stage"],
        "B6": ["amount: -3 is negative"],
        "B7": ["It is closed, but has no close date"],
        "B8": ["amount: much is not an amount", "close date: soon is not a date"],
    }
    assert Opportunity.objects.count() == len(GOOD)
    # The account is made once, and seen.
    assert totals(run) == {"create": len(GOOD) + 1, "refuse": 10}


def test_html_and_strange_letters_come_in_as_they_are(
    ada: User, as_user: Callable[..., Client]
) -> None:
    run = brought(
        ada,
        ["H1", SCRIPT, SCRIPT, "Discover", "5", "", SCRIPT, SCRIPT],
        ["H2", STRANGE, STRANGE, "Discover", "5", "", STRANGE],
    )
    html = Opportunity.objects.get(external_id="H1")
    assert html.name == SCRIPT
    assert html.next_step == SCRIPT
    assert html.external_url == ""
    assert Account.objects.filter(name=SCRIPT).exists()
    # All but what turns the text beside it.
    plain = STRANGE.replace("\u202e", "").replace("\u202c", "")
    assert Opportunity.objects.get(external_id="H2").name == plain
    page = as_user(ada).get(reverse("imports:import_detail", args=[run.pk]))
    assert SCRIPT not in page.content.decode()


def test_the_file_of_refused_rows_starts_no_formula(
    ada: User, as_user: Callable[..., Client]
) -> None:
    evil = ["=1+1", '@SUM("x")', "＝cmd", "+1", "-2", "\t=3"]
    run = brought(ada, *[["", each, "", "Discover"] for each in evil])
    file = run.files.get()
    answer = as_user(ada).get(reverse("imports:refused", args=[run.pk, file.pk]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    header, *lines = csv.reader(io.StringIO(text))
    assert header == [*HEADER, "Row", "Reason"]
    assert [line[1] for line in lines] == [f"'{each}" for each in evil]
    assert lines[0][-2:] == [
        "29",
        "It has no id, so a repeated import could not find it again",
    ]


def test_long_remarks_are_cut_and_cost_no_row(ada: User) -> None:
    run = brought(ada, ["L1", "Long", "", "Discover", "", "", "y" * 5000])
    row = rows(run, label="Long")[0]
    assert row.action == "create"
    assert row.reasons == ["next step was cut to 300 characters"]
    assert len(Opportunity.objects.get(external_id="L1").next_step) == 300


def test_rows_with_another_delimiter_are_refused_one_by_one(ada: User) -> None:
    a_process()
    text = deals(*GOOD) + "M1;Mixed;;Discover;;;;\n" + 'Q1,"Open,,Discover\n'
    run = bring_in(upload(ada, a_file("deals.csv", text)), owner=ada.pk)
    assert [(row.line, row.reasons) for row in rows(run, action="refuse")] == [
        (29, ["1 cell where the header has 8"]),
        (30, ["a quote opens in this row and never closes"]),
    ]
    assert Opportunity.objects.count() == len(GOOD)


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8-sig", ","), ("utf-16", "\t"), ("cp1252", ";"), ("latin-1", "|")],
)
def test_any_encoding_and_delimiter_gives_the_same_deal(
    ada: User, encoding: str, delimiter: str
) -> None:
    a_process()
    line = ["1", "Müller & Söhne", "Café", "Discover", "7"]
    text = deals(line, *GOOD, delimiter=delimiter).encode(encoding)
    run = check(upload(ada, a_file("deals.csv", text)), owner=ada.pk)
    assert totals(run) == {"create": len(GOOD) + 3}
    assert rows(run, kind="opportunities")[0].label == "Müller & Söhne"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("empty.csv", b"", "The file is empty."),
        ("page.csv", b"<html><body>", "This is a web page"),
        ("wide.csv", ",".join(f"c{n}" for n in range(4000)).encode(), "4,000 columns"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n", "This is a picture"),
        ("odd.csv", b"a,b,c\n1\n2\n3,4\n", "rows do not fit the header"),
        ("header.csv", b"id,name,stage\n", "a header and no rows"),
    ],
)
def test_a_file_that_is_no_table_stays_out_with_a_reason(
    ada: User, name: str, data: bytes, why: str
) -> None:
    run = upload(ada, a_file(name, data))
    assert why in run.files.get().problem
    assert not run.files.taken()
