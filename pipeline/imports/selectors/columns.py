"""The columns of each file, what is in them, and which field each goes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from pipeline.imports import presets
from pipeline.imports.fields import KEYED, Text, fields_of
from pipeline.imports.models import ImportFile, ImportRun
from pipeline.imports.questions import COLUMNS, open_questions

PRESET_NAMES: dict[str, Text] = {
    presets.SALESFORCE: _("Salesforce"),
    presets.HUBSPOT: _("HubSpot"),
    presets.PIPEDRIVE: _("Pipedrive"),
    presets.PLAIN: _("Plain names"),
}
SAMPLES = 3


@dataclass(frozen=True)
class ColumnLine:
    """A column beside the choice of its field."""

    place: int
    name: str
    samples: list[str]
    filled: str
    field: str
    is_key: bool


@dataclass(frozen=True)
class MappingCard:
    """One file on the columns page."""

    pk: int
    name: str
    kind: str
    preset: str
    presets: list[tuple[str, Text]]
    fields: Sequence[tuple[str, Text]]
    lines: list[ColumnLine]
    left_out: int
    # Whether columns must stand for an id, and whether some do.
    needs_key: bool
    questions: list[str]


def mapping_cards(run: ImportRun) -> list[MappingCard]:
    """Return the files that are brought in. Costs one query beside the questions."""
    asked: dict[int | None, list[str]] = {}
    for question in open_questions(run):
        if question.step == COLUMNS:
            asked.setdefault(question.file, []).append(question.text)
    return [_card(file, asked.get(file.pk, [])) for file in run.files.taken()]


def _card(file: ImportFile, asked: list[str]) -> MappingCard:
    fields = {column: name for name, column in file.mapping.items()}
    lines = [
        ColumnLine(
            place=place,
            name=column["name"],
            samples=[text[:60] for text in column["examples"][:SAMPLES]],
            filled=_filled(column["filled"], file.rows),
            field=fields.get(column["name"], ""),
            is_key=column["name"] in file.keys,
        )
        for place, column in enumerate(file.columns)
    ]
    return MappingCard(
        pk=file.pk,
        name=file.name,
        kind=str(file.get_kind_display()),
        preset=file.preset,
        presets=list(PRESET_NAMES.items()),
        fields=[(field.name, field.label) for field in fields_of(file.kind)],
        lines=lines,
        left_out=sum(1 for line in lines if not line.field and not line.is_key),
        needs_key=file.kind in KEYED and "external_id" not in file.mapping,
        questions=asked,
    )


def _filled(filled: int, rows: int) -> str:
    if not rows or filled == rows:
        return ""
    return f"{round(100 * filled / rows)}\u00a0%"
