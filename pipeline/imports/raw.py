"""One row of a file as it stands there, before anybody says what it means."""

from __future__ import annotations

from dataclasses import dataclass

COLUMN_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One row. line counts from 1, the header's included; broken says what is wrong."""

    line: int
    cells: list[str]
    broken: str = ""
