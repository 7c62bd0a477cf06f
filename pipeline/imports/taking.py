"""A chunk of rows is taken in, its results and the watermark in one transaction."""

from __future__ import annotations

from collections import Counter

from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from pipeline.imports.bulk.staging import Chunk, copy_rows, keep_cells
from pipeline.imports.claims import (
    LEASE,
    first_line,
    hold,
)
from pipeline.imports.kinds import Counts, Kind
from pipeline.imports.models import (
    ImportFile,
    ImportRun,
)
from pipeline.imports.registry import count
from pipeline.imports.rows.layout import Parsed

# A page waits 15 seconds for the database; a chunk may wait longer. Its statements
# are short and many: they want no compiler, and statistics that tell few from many.
PATIENCE = (
    "SET LOCAL statement_timeout = '10min'; SET LOCAL lock_timeout = '30s'; "
    "SET LOCAL jit = off; SET LOCAL default_statistics_target = 10"
)


def refresh_statistics(table: str) -> None:
    """Tell the planner how much there is by now; it would plan for an empty table."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        # The columns that rows are found by; all of them would cost ten times as much.
        cursor.execute("ANALYZE imports_importrow (file_id, kind, key, name_key)")
        cursor.execute("ANALYZE imports_lastsaid (source, kind, target_id)")
        cursor.execute(f"ANALYZE {table} (source, external_id)")


def take_chunk(run: ImportRun, chunk: Chunk, kind: Kind, rows: list[Parsed]) -> None:
    """Bring in a chunk. A row that the database refuses costs only itself."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(PATIENCE)
            copy_rows(rows, kind.columns)
            counts = kind.take(chunk)
            if counts[chunk.file.kind, "refuse"]:
                keep_cells(chunk, rows)
            _move_watermark(run, chunk.file, rows, counts)
    except (DataError, IntegrityError) as error:
        run.refresh_from_db(fields=["counts", "rows_done"])
        if len(rows) == 1:
            if rows[0].problems:
                raise
            rows[0].problems.append(
                _("The database refused it: %(why)s") % {"why": first_line(error)}
            )
            take_chunk(run, chunk, kind, rows)
        else:
            half = len(rows) // 2
            take_chunk(run, chunk, kind, rows[:half])
            take_chunk(run, chunk, kind, rows[half:])


def _move_watermark(
    run: ImportRun, file: ImportFile, rows: list[Parsed], counts: Counts
) -> None:
    for (kind, action), number in counts.items():
        count(run.counts, file.pk, kind, action, number)
    run.rows_done += len(rows)
    ImportFile.objects.filter(pk=file.pk).update(done_to=rows[-1].line)
    hold(run, LEASE, counts=run.counts, rows_done=run.rows_done, attempts=0)


def count_more(run: ImportRun, file: ImportFile, changes: Counter[str]) -> None:
    """Add to the counts of a file, by action."""
    for action, number in changes.items():
        if number:
            count(run.counts, file.pk, file.kind, action, number)


def finish_file(file: ImportFile) -> None:
    """Remember that all of the file is in."""
    ImportFile.objects.filter(pk=file.pk).update(is_done=True)
