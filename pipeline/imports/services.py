"""Changes to an import by people: upload, answers, check, run, cancel."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from pipeline.imports import inspection
from pipeline.imports.answers import propose
from pipeline.imports.earlier import recall
from pipeline.imports.models import (
    WAITING,
    WORKING,
    ImportFile,
    ImportRun,
    ImportState,
)
from pipeline.imports.questions import open_questions
from rhythm.people.models import AuditKind, User
from rhythm.people.services import audit
from rhythm.web.saving import save_once
from rhythm.web.versions import check_version

# Up to so much in all is read while the page waits; more by a worker.
READ_AT_ONCE = 3 * 1024 * 1024
LARGEST_FILE = 1024 * 1024 * 1024
MOST_FILES = 20
# States in which a person may still change the answers.
OPEN_STATES = (ImportState.DRAFT, ImportState.CHECKED, ImportState.FAILED)


@transaction.atomic
def upload(
    files: Sequence[File],
    *,
    by: User,
    source: str,
    submission_key: uuid.UUID | None,
    is_automatic: bool = False,
) -> ImportRun:
    """Keep the uploaded files and return a new import of them.

    Small ones are looked into at once; otherwise a worker does it. The same submission
    twice returns the first import. Raises ValidationError if there are too many files,
    or one is too large.
    """
    if submission_key:
        same = ImportRun.objects.filter(submission_key=submission_key, created_by=by)
        if (first := same.first()) is not None:
            return first
    if not files:
        raise ValidationError(_("Choose at least one file."))
    if len(files) > MOST_FILES:
        raise ValidationError(
            _("At most %(most)s files at once.") % {"most": MOST_FILES}
        )
    run = ImportRun(
        created_by=by,
        source=source,
        submission_key=submission_key,
        is_automatic=is_automatic,
    )
    run, is_new = save_once(run, submission_key)
    if not is_new:
        return run
    kept = [_keep(run, file) for file in files]
    if not is_automatic and sum(file.size for file in kept) <= READ_AT_ONCE:
        for file in kept:
            inspection.inspect(file)
        recall(run)
        propose(run)
    else:
        run.state = ImportState.READ_QUEUED
        run.save(update_fields=["state"])
    return run


def _keep(run: ImportRun, file: File) -> ImportFile:
    """Store a file under a name of ours, and return its row."""
    size = file.size or 0
    if size > LARGEST_FILE:
        raise ValidationError(_("%(name)s is larger than 1 GB.") % {"name": file.name})
    digest = hashlib.sha256()
    for block in file.chunks():
        digest.update(block)
    file.seek(0)
    kept = ImportFile(
        run=run, name=_shown_name(file.name), size=size, sha256=digest.hexdigest()
    )
    kept.path.save(f"{uuid.uuid4()}.upload", file, save=False)
    kept.save()
    return kept


def _shown_name(name: str | None) -> str:
    """Return the person's file name without folders and signs that could mislead."""
    bare = (name or "file").replace("\\", "/").rsplit("/", 1)[-1]
    try:
        return get_valid_filename(bare)[-255:]
    except SuspiciousFileOperation:  # nothing is left of it
        return "file"


def _changeable(run: ImportRun, shown_version: int | None) -> ImportRun:
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
    run = _changeable(run, shown_version)
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
    run = _changeable(run, shown_version)
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
    run = _changeable(run, shown_version)
    run.answers = {**run.answers, **answers}
    propose(run)
    return run


@transaction.atomic
def start_check(run: ImportRun, *, shown_version: int | None = None) -> ImportRun:
    """Have a worker go through every row without changing anything.

    Raises ValidationError with what is still to be said.
    """
    run = _changeable(run, shown_version)
    questions = open_questions(run)
    if questions:
        raise ValidationError([each.text for each in questions], code="questions")
    run.state, run.started_at, run.error = ImportState.CHECK_QUEUED, None, ""
    run.attempts = 0
    run.save(update_fields=["state", "started_at", "error", "attempts"])
    return run


@transaction.atomic
def start_run(
    run: ImportRun, *, shown_version: int | None = None, by: User | None = None
) -> ImportRun:
    """Have a worker bring the rows in.

    A checked import starts; a failed or cancelled one goes on behind its last chunk.
    Asking twice changes nothing. Raises ValidationError if it was not checked.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.state in (ImportState.RUN_QUEUED, ImportState.RUNNING, ImportState.DONE):
        return run
    check_version(run, shown_version)
    if run.state != ImportState.CHECKED:
        raise ValidationError(_("Check the files first."), code="not_checked")
    run.state, run.started_at, run.error = ImportState.RUN_QUEUED, None, ""
    run.attempts = 0
    run.version += 1
    run.save(update_fields=["state", "started_at", "error", "attempts", "version"])
    _record(AuditKind.IMPORT_STARTED, run, by)
    return run


def _record(kind: AuditKind, run: ImportRun, by: User | None) -> None:
    names = ", ".join(file.name for file in run.files.taken())
    subject = f"{run} ({run.source})"
    audit.record(kind, by=by or run.created_by, subject=subject, text=names)


@transaction.atomic
def start_undo(
    run: ImportRun, *, shown_version: int | None = None, by: User | None = None
) -> ImportRun:
    """Have a worker take back what an import did and nobody touched since.

    Asking twice changes nothing. Raises ValidationError if it brought nothing in.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.state in (
        ImportState.UNDO_QUEUED,
        ImportState.UNDOING,
        ImportState.UNDONE,
    ):
        return run
    check_version(run, shown_version)
    if run.state != ImportState.DONE:
        raise ValidationError(_("Only an import that is done can be undone."))
    run.state, run.error, run.attempts = ImportState.UNDO_QUEUED, "", 0
    run.version += 1
    run.save(update_fields=["state", "error", "attempts", "version"])
    _record(AuditKind.IMPORT_UNDONE, run, by)
    return run


@transaction.atomic
def cancel(run: ImportRun) -> ImportRun:
    """Stop an import. What is in stays in, and the same files again bring the rest.

    While it is being read or checked, nothing was brought in: it goes back to its
    answers. Cancelling one that is over changes nothing.
    """
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.is_final or run.state in (ImportState.UNDO_QUEUED, ImportState.UNDOING):
        return run
    checking = (ImportState.CHECK_QUEUED, ImportState.CHECKING)
    run.state = ImportState.DRAFT if run.state in checking else ImportState.CANCELLED
    run.version += 1
    run.claimed_until = None
    run.save(update_fields=["state", "version", "claimed_until"])
    return run


def needs_worker(run: ImportRun) -> bool:
    return run.state in (*WAITING, *WORKING)
