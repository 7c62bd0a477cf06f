"""What a worker does with an import: claims it, goes through its rows, and says so.

A chunk of rows is one transaction, its results and the watermark in it. So a worker
that dies in the middle costs nothing but time: the next one goes on behind the last
chunk. Each claim has a number, and only the holder of the latest writes.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import logging
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pghistory
from django.db import connection, transaction
from django.utils.translation import gettext as _

from pipeline.imports import inspection, reading
from pipeline.imports.ahead import ahead
from pipeline.imports.answers import propose
from pipeline.imports.bulk import accounts
from pipeline.imports.bulk.history import write_history
from pipeline.imports.bulk.staging import Chunk
from pipeline.imports.bulk.vanished import look_for_vanished
from pipeline.imports.claims import (
    LEASE,
    LONG_LEASE,
    Stopped,
    claim,
    end,
    give_back,
    hold,
    let_go,
)
from pipeline.imports.earlier import recall
from pipeline.imports.inspection import how, path_of
from pipeline.imports.kinds import KINDS, Kind
from pipeline.imports.models import (
    MAXIMUM_ATTEMPTS,
    TAKEN,
    FileKind,
    ImportFile,
    ImportRow,
    ImportRun,
    ImportState,
    RowAction,
)
from pipeline.imports.owned import owned_by
from pipeline.imports.raw import Row
from pipeline.imports.registry import lookups_of, settle
from pipeline.imports.registry.settling import layout_of
from pipeline.imports.rows.layout import Cells, Layout, Parsed
from pipeline.imports.sniffing import NotATable
from pipeline.imports.taking import (
    PATIENCE,
    count_more,
    finish_file,
    refresh_statistics,
    take_chunk,
)
from pipeline.imports.undoing import undo
from pipeline.opportunities.services import note_import
from rhythm.people.models import Organisation

log = logging.getLogger(__name__)

CHUNK_ROWS = 10_000


class Denied(Exception):
    """Whoever started the import is no admin any more."""


def work(pk: int, *, now: datetime, seconds: float = 240) -> bool:
    """Work on an import for about so long. Return whether there is more to do.

    Safe to call twice, at once, or never: only the holder of the claim changes
    anything, and whoever comes later goes on where the last chunk ended.
    """
    run = claim(pk)
    if run is None:
        return False
    deadline = time.monotonic() + seconds
    try:
        who = pghistory.context(user=run.created_by_id, imported=run.pk)
        with who, _without_looking_for_cycles():
            for _step in _steps(run, now):
                if time.monotonic() > deadline:
                    let_go(run)
                    return True
    except Stopped:
        log.info("Import %s was cancelled or taken over", pk)
    except Denied:
        end(run, ImportState.FAILED, _("Denied: only an admin may bring in files."))
    except NotATable as problem:
        end(run, ImportState.FAILED, str(problem))
    except FileNotFoundError:
        end(run, ImportState.FAILED, _("The uploaded file is not there any more."))
    except Exception as error:
        log.exception("Import %s failed, attempt %s", pk, run.attempts)
        give_back(run, error)
        return run.attempts < MAXIMUM_ATTEMPTS
    return False


@contextlib.contextmanager
def _without_looking_for_cycles() -> Iterator[None]:
    """Have Python not look for cycles: rows have none, and looking costs a fifth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _steps(run: ImportRun, now: datetime) -> Iterator[None]:
    """Do the work of the state that the run is in. Yields after each step."""
    check_rights(run)
    if run.state == ImportState.READING:
        yield from _read_files(run)
        return
    if run.state == ImportState.UNDOING:
        yield from undo(run)
        end(run, ImportState.UNDONE)
        return
    yield from _bring_in(run, now)


def check_rights(run: ImportRun) -> None:
    """Raise Denied unless the one who started it is an active admin now."""
    run.created_by.refresh_from_db(fields=["is_active", "is_admin"])
    if not (run.created_by.is_active and run.created_by.is_admin):
        raise Denied


def _read_files(run: ImportRun) -> Iterator[None]:
    for file in run.files.filter(is_done=False):
        hold(run, LONG_LEASE)
        inspection.inspect(file)
        ImportFile.objects.filter(pk=file.pk).update(is_done=True)
        yield
    run.files.update(is_done=False)
    recall(run)
    propose(run)
    end(run, ImportState.DRAFT)


def _bring_in(run: ImportRun, now: datetime) -> Iterator[None]:
    """Check or run: settle the registers, then take the files kind by kind."""
    is_dry = run.state == ImportState.CHECKING
    if run.started_at is None:
        _start_over(run, now)
        yield
    if not run.resolved:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PATIENCE)
            settle(run, now=now, is_dry=is_dry)
            for file in run.files.taken().filter(kind__in=("people", "products")):
                run.rows_done += file.rows
                finish_file(file)
            hold(run, LEASE, counts=run.counts, rows_done=run.rows_done, attempts=0)
        yield
    files = sorted(
        run.files.taken().filter(is_done=False),
        key=lambda file: (TAKEN.index(FileKind(file.kind)), file.pk),
    )
    for file in files:
        yield from _bring_in_file(run, file, now, is_dry)
    _say_vanished(run, now, is_dry)
    end(run, ImportState.CHECKED if is_dry else ImportState.DONE)


def _say_vanished(run: ImportRun, now: datetime, is_dry: bool) -> None:
    hold(run, LONG_LEASE)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        if not is_dry:
            note_import(run.source, run.created_at)
        vanished = look_for_vanished(run, now, is_dry=is_dry)
        if vanished:
            deals = run.files.taken().filter(kind=FileKind.OPPORTUNITIES)
            of_file = run.counts.setdefault(str(deals[0].pk), {})
            of_file.setdefault(FileKind.OPPORTUNITIES, {})[RowAction.GONE] = vanished
            hold(run, LEASE, counts=run.counts)


def _start_over(run: ImportRun, now: datetime) -> None:
    """Forget what an earlier check found."""
    hold(run, LONG_LEASE)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(PATIENCE)
        # By file and without a join: a million rows go in seconds.
        files = list(run.files.values_list("pk", flat=True))
        ImportRow.objects.filter(file_id__in=files).delete()
        run.files.update(done_to=0, is_done=False)
        run.started_at, run.resolved, run.counts, run.rows_done = now, {}, {}, 0
        run.rows_total = sum(file.rows for file in run.files.taken())
        hold(
            run,
            LEASE,
            started_at=now,
            finished_at=None,
            resolved={},
            counts={},
            rows_done=0,
            rows_total=run.rows_total,
            error="",
        )


def _bring_in_file(
    run: ImportRun, file: ImportFile, now: datetime, is_dry: bool
) -> Iterator[None]:
    kind = KINDS[FileKind(file.kind)]
    zone = Organisation.current().time_zone
    layout = layout_of(file, lookups_of(run), run.started_at or now, ZoneInfo(zone))
    conflicts = run.answers.get("conflicts", {})
    owned = owned_by(run.source) if file.kind == FileKind.OPPORTUNITIES else []
    chunk = Chunk(file, run.source, _files_by_kind(run), is_dry, conflicts, owned)
    rows = reading.read_rows(
        path_of(file), how(file), len(file.columns), after=file.done_to
    )
    batches = (
        [_parsed(row, layout, kind) for row in batch]
        for batch in itertools.batched(rows, CHUNK_ROWS)
    )
    with contextlib.closing(ahead(batches)) as parsed_batches:
        for number, parsed in enumerate(parsed_batches, start=1):
            check_rights(run)
            take_chunk(run, chunk, kind, parsed)
            if number.bit_count() == 1:
                refresh_statistics(kind.table)
            yield
    with transaction.atomic():
        if file.kind == FileKind.ACCOUNTS:
            with connection.cursor() as cursor:
                cursor.execute(PATIENCE)
            linked = accounts.link_parents(chunk)
            count_more(run, file, Counter(same=-linked, change=linked))
        if file.kind == FileKind.HISTORY:
            with connection.cursor() as cursor:
                cursor.execute(PATIENCE)
            write_history(chunk)
        finish_file(file)
        hold(run, LEASE, counts=run.counts)
    yield


def _parsed(row: Row, layout: Layout, kind: Kind) -> Parsed:
    if row.broken:
        return Parsed(row.line, problems=[row.broken], cells=row.cells)
    return kind.read(Cells(row, layout))


def _files_by_kind(run: ImportRun) -> dict[str, list[int]]:
    files: dict[str, list[int]] = {}
    for file in run.files.taken():
        files.setdefault(file.kind, []).append(file.pk)
    return files
