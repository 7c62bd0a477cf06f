"""What a file is and which of its columns is which, guessed from their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.imports.marks import (
    FILE_WORDS,
    HISTORY_COLUMNS,
    LEAD_COLUMNS,
    NEEDED,
)
from pipeline.imports.presets import (
    ALIASES,
    IGNORE,
    LATER,
    PLAIN,
    PRESETS,
    SALESFORCE,
    Names,
)


def plain(name: str) -> str:
    """Return a name without case, spaces and signs: "Close Date" is "close_date"."""
    return re.sub(r"[\W_]+", "", name.casefold())


@dataclass(frozen=True)
class Guess:
    """What a file may be: its kind, whose export it is, and field to column."""

    kind: str
    preset: str
    mapping: dict[str, str]


def guess(file_name: str, columns: Sequence[str]) -> Guess:
    """Return the most likely kind, preset and mapping. IGNORE is for a stranger."""
    name = plain(file_name)
    hinted = [
        kind
        for kind, words in FILE_WORDS.items()
        if any(word in name for word in words)
    ]
    if set(hinted) & {LATER, IGNORE}:
        return Guess(hinted[0], PLAIN, {})
    if "history" in hinted or _is_history(columns):
        return _guess_history(columns)
    if {plain(column) for column in columns} & LEAD_COLUMNS:
        return Guess(LATER, PLAIN, {})
    tried = [
        (_score(kind, preset, columns, kind in hinted), kind, preset)
        for kind in ALIASES
        if kind != "history"
        for preset in PRESETS
    ]
    # The first of equals wins: kinds and presets are listed by how common they are.
    score, kind, preset = max(tried, key=lambda each: each[0])
    if score <= 0:
        return Guess(IGNORE, PLAIN, {})
    return Guess(kind, preset, map_columns(kind, preset, columns))


def _is_history(columns: Sequence[str]) -> bool:
    names = {plain(column) for column in columns}
    return names >= HISTORY_COLUMNS and not names & {"name", "opportunityname"}


def _guess_history(columns: Sequence[str]) -> Guess:
    """Return the guess for a file that seems to say when deals came to stages."""
    for preset in (SALESFORCE, PLAIN):
        mapping = map_columns("history", preset, columns)
        if not lacking("history", mapping):
            return Guess("history", preset, mapping)
    return Guess(IGNORE, PLAIN, {})


def _score(kind: str, preset: str, columns: Sequence[str], is_hinted: bool) -> float:
    mapping = _map(ALIASES[kind][preset], columns)
    if lacking(kind, mapping):
        return 0
    # A hint in the file's name weighs as much as three columns.
    return len(mapping) + 3 * is_hinted


def lacking(kind: str, mapping: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the groups of fields of which `mapping` has none."""
    has = set(mapping)
    return [group for group in NEEDED.get(kind, ()) if not has & set(group)]


def map_columns(kind: str, preset: str, columns: Sequence[str]) -> dict[str, str]:
    """Return field to column for a kind: the preset's names first, then plain ones."""
    mapping = _map(ALIASES[kind][preset], columns)
    more = _map(
        ALIASES[kind][PLAIN],
        [column for column in columns if column not in mapping.values()],
    )
    return {**more, **mapping}


def _map(names: Names, columns: Sequence[str]) -> dict[str, str]:
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain(column), column)
    mapping: dict[str, str] = {}
    for field, aliases in names.items():
        for alias in aliases:
            found = by_name.get(plain(alias))
            if found is not None and found not in mapping.values():
                mapping[field] = found
                break
    return mapping
