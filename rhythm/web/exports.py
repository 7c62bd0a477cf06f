"""Cells of files that people open in a spreadsheet."""

from __future__ import annotations

import unicodedata

# What makes a spreadsheet take a text for a formula, at its start.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|")


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
