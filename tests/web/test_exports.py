"""What a file for a spreadsheet says, and that nothing in it runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable

import pytest

from rhythm.web.exports import FORMULA_STARTS, as_text, csv_lines

FORMULA = '=HYPERLINK("http://evil.example","x")'


def cells_as_read(lines: Iterable[str], delimiter: str) -> list[str]:
    """Return the cells as a program finds them that separates by `delimiter`."""
    text = "".join(lines).removeprefix("\ufeff")
    rows = csv.reader(text.splitlines(), delimiter=delimiter)
    return [cell.strip() for row in rows for cell in row]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "text",
    [
        FORMULA,
        f"Acme;{FORMULA}",
        f"Acme; {FORMULA}",
        "Acme;-1+1;",
        "Acme;@SUM(1)",
        "Acme\t+1+1",
        "Acme\n=1+1;",
        'Acme;"=1+1"',
        "Acme;＝1+1",
    ],
)
def test_no_text_becomes_a_formula_in_any_country(text: str, delimiter: str) -> None:
    rows = [["Deal", text, "plain"], [text, "plain", text]]
    cells = cells_as_read(csv_lines(as_text(rows)), delimiter)
    assert not [each for each in cells if each.startswith((*FORMULA_STARTS, "＝"))]


def test_what_cannot_run_stays_as_it_was() -> None:
    plain = ["Bäcker; Söhne", "a = b", "1-2; 3", "so -- or so", "x;'=1"]
    [row] = as_text([plain])
    assert row == plain
