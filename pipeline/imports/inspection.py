"""Looking at an uploaded file: what it is, how it reads, and what its columns hold."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.imports import guessing, presets, reading, sheets, sniffing
from pipeline.imports.models import FileKind, ImportFile
from pipeline.imports.profiles import Column, profile
from pipeline.imports.reading import How
from pipeline.imports.sniffing import NotATable

# Stored values of all columns together; the widest files keep those of the first.
VALUES_KEPT = 20_000
READ_FIELDS = [
    "kind",
    "preset",
    "form",
    "encoding",
    "delimiter",
    "sheet",
    "sheets",
    "problem",
    "notes",
    "shape",
    "columns",
    "sample",
    "rows",
    "broken_rows",
    "mapping",
    "keys",
    "formats",
]


def how(file: ImportFile) -> How:
    """Return how to read the file."""
    return How(file.form, file.encoding, file.delimiter, file.sheet)


def path_of(file: ImportFile) -> Path:
    return Path(file.path.path)


def inspect(file: ImportFile) -> None:
    """Find out everything about a new file, and guess what it is. Reads all of it."""
    try:
        file.form = sniffing.sniff_form(path_of(file), file.name)
        if file.form == sniffing.CSV:
            text = sniffing.sniff_text(path_of(file))
            file.encoding, file.delimiter = text.encoding, text.delimiter
        else:
            file.sheets = sheets.sheet_names(path_of(file))
            file.sheet = file.sheets[0]
    except NotATable as problem:
        refuse(file, str(problem))
        return
    look_again(file)
    if not file.problem:
        guess(file)


def refuse(file: ImportFile, problem: str) -> None:
    """Say that a file cannot be brought in, and save that."""
    file.problem, file.kind = problem[:500], FileKind.IGNORE
    file.columns, file.sample, file.mapping, file.formats = [], [], {}, {}
    file.save(update_fields=READ_FIELDS)


def look_again(file: ImportFile) -> None:
    """Read the whole file as its encoding, delimiter and sheet now say, and save it."""
    try:
        header = reading.read_header(path_of(file), how(file))
        rows = reading.read_rows(path_of(file), how(file), len(header.names))
        found = profile(header.names, rows)
        if found.rows and found.broken_rows * 2 > found.rows:
            line, why = found.broken[0]
            raise NotATable(
                _(
                    "%(broken)s of %(rows)s rows do not fit the header, row %(line)s "
                    "for example: %(why)s. Is the delimiter right?"
                )
                % {
                    "broken": f"{found.broken_rows:,}",
                    "rows": f"{found.rows:,}",
                    "line": line,
                    "why": why,
                }
            )
    except NotATable as problem:
        refuse(file, str(problem))
        return
    except (LookupError, UnicodeError):
        refuse(file, _("The text cannot be read in this encoding."))
        return
    file.problem = ""
    file.notes = [*header.notes, *_notes(found.broken, found.broken_rows)]
    file.columns = [each.as_json() for each in _bounded(found.columns)]
    file.shape = _shape(header.names)
    file.sample, file.rows = found.sample, found.rows
    file.broken_rows = found.broken_rows
    file.mapping = {
        field: column
        for field, column in file.mapping.items()
        if column in header.names
    }
    file.keys = [column for column in file.keys if column in header.names]
    file.formats = _formats(found.columns, file.formats)
    if not found.rows:
        file.problem = _("The file has a header and no rows.")
    file.save(update_fields=READ_FIELDS)


def _shape(names: list[str]) -> str:
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def _notes(broken: list[tuple[int, str]], count: int) -> list[str]:
    text = _("Row %(line)s cannot be read: %(why)s.")
    notes = [text % {"line": line, "why": why} for line, why in broken]
    if left := count - len(broken):
        more = ngettext(
            "And %(count)s more row cannot be read.",
            "And %(count)s more rows cannot be read.",
            left,
        )
        notes.append(more % {"count": f"{left:,}"})
    return notes


def _bounded(columns: list[Column]) -> list[Column]:
    left = VALUES_KEPT
    for column in columns:
        if column.values is not None:
            left -= len(column.values)
            if left < 0:
                column.values = None
    return columns


def _formats(columns: list[Column], chosen: dict[str, str]) -> dict[str, str]:
    """Return each column's format: its only one, or a choice that still fits."""
    formats: dict[str, str] = {}
    for column in columns:
        possible = [*column.dates, *column.numbers]
        if (old := chosen.get(column.name)) in possible:
            formats[column.name] = old
        elif len(column.dates) == 1:
            formats[column.name] = column.dates[0]
        elif len(column.numbers) == 1 and not column.dates:
            formats[column.name] = column.numbers[0]
    return formats


def guess(file: ImportFile) -> None:
    """Guess the kind, whose export it is, and which column is which; save it."""
    names = [column["name"] for column in file.columns]
    found = guessing.guess(file.name, names)
    file.kind, file.preset, file.mapping = found.kind, found.preset, found.mapping
    file.save(update_fields=["kind", "preset", "mapping"])


def take_as(file: ImportFile, kind: str) -> None:
    """Take the file as another kind than guessed, with the columns that fit best."""
    names = [column["name"] for column in file.columns]
    file.kind, file.keys = kind, []
    if kind in presets.ALIASES:
        fits = {
            preset: guessing.map_columns(kind, preset, names)
            for preset in presets.PRESETS
        }
        file.preset = max(presets.PRESETS, key=lambda preset: len(fits[preset]))
        file.mapping = fits[file.preset]
    else:
        file.mapping = {}
    file.save(update_fields=["kind", "preset", "mapping", "keys"])
