"""Deals that a full export has no more: flagged, never removed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from pipeline.imports.answers import is_full, known_deals
from pipeline.imports.bulk.staging import execute
from pipeline.imports.models import NO_LINE, FileKind, ImportRow, ImportRun, RowAction

# In this import's files, also where the row was refused or skipped for other reasons.
IS_HERE = """EXISTS (
    SELECT FROM imports_importrow row WHERE row.file_id = ANY(%(files)s)
        AND row.kind = 'opportunities' AND row.target_id = last.target_id)"""
RETURNED = f"""
    UPDATE imports_lastsaid last SET is_there = true
    WHERE last.source = %(source)s AND last.kind = 'opportunities'
        AND NOT last.is_there AND {IS_HERE}
    RETURNING last.target_id
"""  # noqa: S608 - joins constants
UNFLAG = "UPDATE opportunities_opportunity SET gone_since = NULL WHERE id = ANY(%s)"
MISSING = f"""
    SELECT deal.id, deal.name FROM imports_lastsaid last
    JOIN opportunities_opportunity deal ON deal.id = last.target_id
    WHERE last.source = %(source)s AND last.kind = 'opportunities'
        AND last.is_there AND NOT {IS_HERE} AND deal.closed_on IS NULL
        AND NOT EXISTS (
            SELECT FROM imports_importrow refused
            WHERE refused.file_id = ANY(%(files)s) AND refused.kind = 'opportunities'
                AND refused.action = 'refuse' AND refused.link = deal.external_id
                AND refused.link <> '')
    ORDER BY deal.id
"""  # noqa: S608 - joins constants
FLAG = """
    UPDATE opportunities_opportunity SET gone_since = %(now)s
    WHERE id = ANY(%(deals)s) AND gone_since IS NULL
"""
FORGET = """
    UPDATE imports_lastsaid SET is_there = false
    WHERE source = %(source)s AND kind = 'opportunities' AND target_id = ANY(%(deals)s)
"""


def look_for_vanished(run: ImportRun, now: datetime, *, is_dry: bool) -> int | None:
    """Say which open deals vanished, and flag them unless it is only a check.

    Deals that came back lose their flag. Returns how many vanished; None when the
    files are not all that the source has. Repeating it changes nothing.
    """
    deals = run.files.taken().filter(kind=FileKind.OPPORTUNITIES)
    files = [file.pk for file in deals]
    if not files:
        return None
    values: dict[str, Any] = {"source": run.source, "files": files, "now": now}
    if not is_dry:
        with connection.cursor() as cursor:
            cursor.execute(RETURNED, values)
            cursor.execute(UNFLAG, [[pk for (pk,) in cursor.fetchall()]])
    if not is_full(run, deals, known_deals(run.source)):
        return None
    with connection.cursor() as cursor:
        cursor.execute(MISSING, values)
        missing = cursor.fetchall()
    _list(files[0], missing)
    if not is_dry:
        values["deals"] = [pk for pk, _name in missing]
        execute(FLAG, values)
        execute(FORGET, values)
    return len(missing)


def _list(file: int, missing: list[tuple[int, str]]) -> None:
    """Write the results that stand for the deals that vanished."""
    gone = ImportRow.objects.filter(file_id=file, action=RowAction.GONE)
    gone.delete()
    ImportRow.objects.bulk_create(
        [
            ImportRow(
                file_id=file,
                kind=FileKind.OPPORTUNITIES,
                line=NO_LINE + number,
                action=RowAction.GONE,
                label=name[:255],
                target_id=pk,
            )
            for number, (pk, name) in enumerate(missing)
        ],
        batch_size=1000,
    )
