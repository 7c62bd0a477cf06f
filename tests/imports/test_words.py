"""What people read about an import comes in their language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import trans_real

from pipeline.imports import reading
from pipeline.imports.reading import How, read_header
from pipeline.imports.sniffing import NotATable

FOLDER = Path(reading.__file__).parent
# What a person reads is said through these.
SAYS = {"refuse", "NotATable", "NotADate", "NotAnAmount"}
LISTS = {"problems", "notes"}


def said(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what is said to people: what is refused with, and what is noted."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        function = node.func
        name = getattr(function, "id", getattr(function, "attr", ""))
        is_noted = (
            name == "append"
            and isinstance(function, ast.Attribute)
            and getattr(function.value, "attr", getattr(function.value, "id", ""))
            in LISTS
        )
        if name in SAYS or is_noted:
            yield node.args[-1]


@pytest.mark.parametrize(
    "path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.stem
)
def test_no_reason_is_plain_english(path: Path) -> None:
    bare = [
        ast.unparse(each)
        for each in said(ast.parse(path.read_text()))
        if (isinstance(each, ast.Constant) and isinstance(each.value, str))
        or isinstance(each, ast.JoinedStr)
    ]

    assert not bare, f"Say these through gettext: {bare}"


def test_a_reason_is_said_in_the_language_of_the_moment(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("\n\n")
    catalogue = trans_real.translation("de")._catalog
    catalogue["The file has no rows."] = "Die Datei hat keine Zeilen."
    try:
        with translation.override("de"), pytest.raises(NotATable, match="keine Zeilen"):
            read_header(tmp_path / "empty.csv", How("csv", "utf-8", ","))
    finally:
        trans_real._translations.pop("de")
