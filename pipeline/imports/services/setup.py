"""What people answer before an import is checked."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.imports import inspection
from pipeline.imports.answers import propose
from pipeline.imports.models import (
    ImportFile,
    ImportRun,
    ImportState,
)
from rhythm.web.versions import check_version

# States in which a person may still change the answers.
OPEN_STATES = (ImportState.DRAFT, ImportState.CHECKED, ImportState.FAILED)


def changeable(run: ImportRun, shown_version: int | None) -> ImportRun:
    """Return the run, locked, back in the state of answering.

    Raises ValidationError if a worker has it or it is finished, Conflict if somebody
    changed it after it was shown.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    check_version(run, shown_version)
    if run.state not in OPEN_STATES:
        raise ValidationError(
            _("This import can no longer be changed."), code="not_open"
        )
    run.state = ImportState.DRAFT
    run.version += 1
    run.save(update_fields=["state", "version"])
    return run


@transaction.atomic
def choose_files(
    run: ImportRun,
    choices: dict[int, dict[str, Any]],
    *,
    source: str,
    shown_version: int | None = None,
) -> ImportRun:
    """Say of each file (by id) what it is and how it reads; and the source of all.

    A choice has any of `kind`, `encoding`, `delimiter`, `sheet`, and `formats` by
    column. A file that is read differently is looked through again.
    """
    run = changeable(run, shown_version)
    if source and source != run.source:
        run.source = source
        run.save(update_fields=["source"])
    for file in run.files.filter(pk__in=choices):
        _choose(file, choices[file.pk])
    propose(run)
    return run


def _choose(file: ImportFile, choice: dict[str, Any]) -> None:
    reading = {
        name: choice[name]
        for name in ("encoding", "delimiter", "sheet")
        if choice.get(name) and choice[name] != getattr(file, name)
    }
    if reading:
        for name, value in reading.items():
            setattr(file, name, value)
        had_problem = bool(file.problem)
        inspection.look_again(file)
        if had_problem and not file.problem:
            inspection.guess(file)
    if file.problem:
        return
    kind = choice.get("kind")
    if kind and kind != file.kind:
        inspection.take_as(file, kind)
    possible = {
        column["name"]: [*column["dates"], *column["numbers"]]
        for column in file.columns
    }
    for name, chosen in choice.get("formats", {}).items():
        if chosen in possible.get(name, ()):
            file.formats[name] = chosen
    file.save(update_fields=["formats"])


@transaction.atomic
def map_columns(
    run: ImportRun,
    mappings: dict[int, dict[str, str]],
    keys: dict[int, list[str]],
    *,
    shown_version: int | None = None,
) -> ImportRun:
    """Say of each file (by id) which column is which field, and what names its rows.

    Columns that do not exist are passed over.
    """
    run = changeable(run, shown_version)
    for file in run.files.filter(pk__in=mappings):
        names = {column["name"] for column in file.columns}
        file.mapping = {
            field: column
            for field, column in mappings[file.pk].items()
            if column in names
        }
        file.keys = [column for column in keys.get(file.pk, []) if column in names]
        if "external_id" in file.mapping:
            file.keys = []
        file.save(update_fields=["mapping", "keys"])
    propose(run)
    return run


@transaction.atomic
def answer(
    run: ImportRun, answers: dict[str, Any], *, shown_version: int | None = None
) -> ImportRun:
    """Keep answers about stages, owners, products and amounts: see answers.py.

    What is not answered is proposed.
    """
    run = changeable(run, shown_version)
    run.answers = {**run.answers, **answers}
    propose(run)
    return run
