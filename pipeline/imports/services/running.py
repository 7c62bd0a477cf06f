"""An import is checked, run, undone or cancelled."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.imports.models import (
    WAITING,
    WORKING,
    ImportRun,
    ImportState,
)
from pipeline.imports.questions import open_questions
from pipeline.imports.services.setup import changeable
from rhythm.people.models import AuditKind, User
from rhythm.people.services import audit
from rhythm.web.versions import check_version


@transaction.atomic
def start_check(run: ImportRun, *, shown_version: int | None = None) -> ImportRun:
    """Have a worker go through every row without changing anything.

    Raises ValidationError with what is still to be said.
    """
    run = changeable(run, shown_version)
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
    """Return True while a worker has something to do for it."""
    return run.state in (*WAITING, *WORKING)
