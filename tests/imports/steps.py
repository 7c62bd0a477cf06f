"""The steps of an import, as a person or the command takes them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files import File

from pipeline.imports import services
from pipeline.imports.models import ImportRow, ImportRun
from pipeline.imports.work import work
from rhythm.people.models import User

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def a_file(name: str, content: str | bytes) -> File:
    """Return a file as it is uploaded."""
    data = content.encode() if isinstance(content, str) else content
    return File(io.BytesIO(data), name=name)


def files_in(folder: Path) -> list[File]:
    """Return the CSV files of a folder, as they are uploaded."""
    found = sorted(folder.glob("*.csv"))
    return [a_file(each.name, each.read_bytes()) for each in found]


def upload(by: User, *files: File, source: str = "crm") -> ImportRun:
    return services.upload(list(files), by=by, source=source, submission_key=None)


def check(run: ImportRun, **answers: Any) -> ImportRun:
    """Answer, then check without changing anything."""
    services.start_check(services.answer(run, answers))
    return worked(run)


def bring_in(run: ImportRun, **answers: Any) -> ImportRun:
    """Answer, check, and bring the rows in."""
    check(run, **answers)
    services.start_run(run)
    return worked(run)


def worked(run: ImportRun, now: datetime = NOW) -> ImportRun:
    """Return the run after a worker has had it."""
    while work(run.pk, now=now):
        pass
    run.refresh_from_db()
    return run


def rows(run: ImportRun, **wanted: Any) -> list[ImportRow]:
    """Return the results that match, by line."""
    found = ImportRow.objects.filter(file__run=run, **wanted)
    return list(found.order_by("file", "kind", "line"))


def totals(run: ImportRun) -> dict[str, int]:
    """Return how many rows of each action, of all files together."""
    found: dict[str, int] = {}
    for kinds in run.counts.values():
        for actions in kinds.values():
            for action, number in actions.items():
                if number:
                    found[action] = found.get(action, 0) + number
    return found
