"""Files come in."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence

from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from pipeline.imports import inspection
from pipeline.imports.answers import propose
from pipeline.imports.earlier import recall
from pipeline.imports.models import (
    ImportFile,
    ImportRun,
    ImportState,
)
from rhythm.people.models import User
from rhythm.web.saving import save_once

# Up to so much in all is read while the page waits; more by a worker.
READ_AT_ONCE = 3 * 1024 * 1024
LARGEST_FILE = 1024 * 1024 * 1024
MOST_FILES = 20


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
    size, name = file.size or 0, _shown_name(file.name)
    if size > LARGEST_FILE:
        raise ValidationError(_("%(name)s is larger than 1 GB.") % {"name": name})
    digest = hashlib.sha256()
    for block in file.chunks():
        digest.update(block)
    file.seek(0)
    kept = ImportFile(run=run, name=name, size=size, sha256=digest.hexdigest())
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
