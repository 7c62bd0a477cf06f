"""The files of an import and what was found in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.imports import dates, numbers
from pipeline.imports.fields import DATE, NUMBER, form_of
from pipeline.imports.models import FileKind, ImportFile, ImportRun, ImportState
from pipeline.imports.profiles import Column
from pipeline.imports.questions import STEPS, Question, open_questions
from rhythm.web import formats
from rhythm.web.words import in_words

UTC_ZONE = ZoneInfo("UTC")
DELIMITER_NAMES = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("vertical bar"),
}
ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": gettext_lazy("Western (Windows-1252)"),
    "latin-1": gettext_lazy("Western (Latin-1)"),
    "cp1250": gettext_lazy("Central European (Windows-1250)"),
    "cp1251": gettext_lazy("Cyrillic (Windows-1251)"),
    "mac-roman": gettext_lazy("Western (Mac)"),
}
ORDER_NAMES = {
    dates.ISO: gettext_lazy("year, month, day"),
    dates.DAY_FIRST: gettext_lazy("day, month, year"),
    dates.MONTH_FIRST: gettext_lazy("month, day, year"),
}
MARK_NAMES = {
    numbers.POINT: gettext_lazy("decimal point"),
    numbers.COMMA: gettext_lazy("decimal comma"),
}
EXAMPLES = 2


@dataclass(frozen=True)
class Reading:
    """One way to read a column, with examples of what comes out."""

    value: str
    label: str
    examples: list[str]
    is_chosen: bool


@dataclass(frozen=True)
class FormattedColumn:
    """A column of dates or numbers that could be read in several ways, or is a date."""

    place: int
    name: str
    readings: list[Reading]
    is_asked: bool


@dataclass(frozen=True)
class FileCard:
    """One file on the files page."""

    pk: int
    name: str
    kind: str
    problem: str
    notes: list[str]
    summary: str
    # Where the same file was brought in before, or an empty text.
    seen: str
    formatted: list[FormattedColumn]
    form: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    """One step of the way through an import."""

    name: str
    label: str
    url: str
    is_now: bool
    is_done: bool


def steps(run: ImportRun, now: str) -> list[Step]:
    """Return the steps; those before the present one and without questions are done."""
    asked = {each.step for each in open_questions(run)} if not run.is_final else set()
    names = {**STEPS, "check": _("Check"), "done": _("Result")}
    listed = list(names)
    at = listed.index(now)
    return [
        Step(
            name=name,
            label=str(label),
            url="" if name in ("check", "done") else f"{name}/",
            is_now=name == now,
            is_done=listed.index(name) < at and name not in asked,
        )
        for name, label in names.items()
    ]


def file_cards(run: ImportRun, today: date) -> list[FileCard]:
    """Return the files in the order of upload. Costs two queries."""
    files = list(run.files.all())
    earlier = (
        ImportFile.objects.filter(
            sha256__in=[file.sha256 for file in files],
            run__state=ImportState.DONE,
            run__source=run.source,
            kind__in=[file.kind for file in files],
        )
        .exclude(run=run)
        .order_by("run__finished_at")
        .values_list("sha256", "run__finished_at")
    )
    seen = {
        sha256: formats.day(moment.date(), today)
        for sha256, moment in earlier
        if moment
    }
    return [_file_card(file, seen) for file in files]


def _file_card(file: ImportFile, seen: dict[str, str]) -> FileCard:
    return FileCard(
        pk=file.pk,
        name=file.name,
        kind=file.kind,
        problem=file.problem,
        notes=file.notes,
        summary=_summary(file),
        seen=seen.get(file.sha256, "") if file.is_taken else "",
        formatted=_formatted(file) if file.is_taken else [],
        form=file.form,
        encoding=file.encoding,
        delimiter=file.delimiter,
        sheet=file.sheet,
        sheets=file.sheets,
    )


def _summary(file: ImportFile) -> str:
    if not file.columns:
        return ""
    parts = [
        _("%(rows)s rows") % {"rows": f"{file.rows:,}"},
        _("%(columns)s columns") % {"columns": len(file.columns)},
    ]
    if file.form == "csv":
        parts.append(str(ENCODING_NAMES.get(file.encoding, file.encoding)))
        name = DELIMITER_NAMES.get(file.delimiter, file.delimiter)
        parts.append(_("%(delimiter)s between cells") % {"delimiter": name})
    else:
        parts.append(_("sheet %(sheet)s") % {"sheet": file.sheet})
    return " · ".join(parts)


def _formatted(file: ImportFile) -> list[FormattedColumn]:
    """Return the mapped columns of dates, and of numbers with two ways to read them."""
    fields = {column: name for name, column in file.mapping.items()}
    found = []
    for place, values in enumerate(file.columns):
        column = Column.from_json(values)
        form = form_of(file.kind, fields[column.name]) if column.name in fields else ""
        chosen = file.formats.get(column.name, "")
        if form == DATE and column.dates:
            readings = _date_readings(column, chosen)
        elif form == NUMBER and len(column.numbers) > 1:
            readings = _number_readings(column, chosen)
        else:
            continue
        is_asked = not chosen and len(readings) > 1
        found.append(FormattedColumn(place, column.name, readings, is_asked))
    return found


def _date_readings(column: Column, chosen: str) -> list[Reading]:
    values = _telling(column)
    return [
        Reading(
            order, str(ORDER_NAMES[order]), _as_dates(values, order), order == chosen
        )
        for order in column.dates
    ]


def _telling(column: Column) -> list[str]:
    """Return examples, those first in which the first number cannot be a month."""
    values = [*column.examples, *(list(column.values or ())[:50])]
    listed = list(dict.fromkeys(values))
    return sorted(listed, key=lambda text: text not in column.examples)[:EXAMPLES]


def _as_dates(values: list[str], order: str) -> list[str]:
    found = []
    for text in values:
        try:
            day = dates.parse_date(text, order, UTC_ZONE)
        except dates.NotADate:
            found.append(_("%(text)s cannot be read so") % {"text": text})
        else:
            found.append(f"{text} → {in_words(day)}")
    return found


def _number_readings(column: Column, chosen: str) -> list[Reading]:
    found = []
    for mark in column.numbers:
        examples = [
            f"{text} → {numbers.parse_amount(text, mark):,}"
            for text in column.examples[:EXAMPLES]
            if _is_amount(text, mark)
        ]
        found.append(Reading(mark, str(MARK_NAMES[mark]), examples, mark == chosen))
    return found


def _is_amount(text: str, mark: str) -> bool:
    try:
        numbers.parse_amount(text, mark)
    except numbers.NotAnAmount:
        return False
    return True


def questions_of(run: ImportRun, step: str) -> list[Question]:
    """Return what is still to be said in one step."""
    return [each for each in open_questions(run) if each.step == step]


@dataclass(frozen=True)
class KindChoice:
    value: str
    label: str


def kind_choices() -> list[KindChoice]:
    return [KindChoice(kind.value, capfirst(str(kind.label))) for kind in FileKind]
