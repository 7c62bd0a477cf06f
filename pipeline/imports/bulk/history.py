"""Stage history: each row is judged by itself, and all of them are written at the end.

A move is made of two entries that follow each other, and those of a deal may stand
anywhere in a file.
"""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import datetime

from django.db import connection

from pipeline.imports.bulk.activities import ON_DEAL
from pipeline.imports.bulk.staging import (
    COUNT,
    WRITE_RESULTS,
    Chunk,
    execute,
    find_repeated,
)
from pipeline.imports.models import FileKind, ImportRow, RowAction
from pipeline.opportunities.services import StageEntry, backfill_stage_history

COLUMNS = ("deal_key", "stage_id", "happened_at", "parent_key")
TABLE = "opportunities_opportunity"
# The deal in words, and what the last import said of it already.
JUDGE = """
    UPDATE staged SET
        target_id = staged.deal_id,
        label = coalesce(deal.name, staged.label),
        problems = CASE WHEN staged.problems IS NULL AND staged.skip = ''
            AND staged.deal_id IS NULL THEN jsonb_build_array(%(unknown)s)
            ELSE staged.problems END,
        action = CASE
            WHEN staged.problems IS NOT NULL
                OR (staged.deal_id IS NULL AND staged.skip = '') THEN 'refuse'
            WHEN staged.skip <> '' THEN 'skip'
            WHEN last.values @> jsonb_build_array(staged.parent_key) THEN 'same'
            ELSE 'create' END
    FROM staged row
    LEFT JOIN opportunities_opportunity deal ON deal.id = row.deal_id
    LEFT JOIN imports_lastsaid last ON last.source = %(source)s
        AND last.kind = 'history' AND last.target_id = row.deal_id
    WHERE row.line = staged.line
"""
REMEMBER = """
    INSERT INTO imports_lastsaid AS last (source, kind, target_id, values)
    SELECT %(source)s, 'history', target_id, jsonb_agg(DISTINCT link)
    FROM imports_importrow
    WHERE file_id = %(file)s AND kind = 'history' AND action = 'create'
    GROUP BY target_id
    ON CONFLICT (source, kind, target_id)
        DO UPDATE SET values = last.values || excluded.values
"""


def take_history(chunk: Chunk) -> Counter[tuple[str, str]]:
    """Judge the staged entries. Nothing is written of them yet."""
    unknown = "It is of no deal that is known"
    values = chunk.values | {"unknown": unknown}
    find_repeated(chunk)
    execute(ON_DEAL, values)
    execute(JUDGE, values)
    execute(WRITE_RESULTS, values)
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        found = dict(cursor.fetchall())
    return Counter({("history", action): rows for action, rows in found.items()})


def write_history(chunk: Chunk) -> int:
    """Write the moves that the file tells of; return how many were new.

    With all that is known of those deals, so that entries of two files make a move.
    """
    if chunk.is_dry:
        return 0
    execute(REMEMBER, chunk.values)
    told = ImportRow.objects.filter(
        file=chunk.file, kind=FileKind.HISTORY, action=RowAction.CREATE
    )
    deals = list(told.order_by().values_list("target_id", flat=True).distinct())
    written = 0
    for some in itertools.batched(deals, DEALS_AT_ONCE):
        written += backfill_stage_history(_entries(chunk.source, list(some)))
        execute(SINCE, {"deals": list(some)})
    return written


DEALS_AT_ONCE = 5000
# A file of deals alone says nothing of when they came to their stage: now it is known.
SINCE = """
    UPDATE opportunities_opportunity deal SET stage_since = last.pgh_created_at
    FROM (
        SELECT DISTINCT ON (pgh_obj_id) pgh_obj_id, stage_id, pgh_created_at, pgh_label
        FROM opportunities_opportunityevent
        WHERE pgh_obj_id = ANY(%(deals)s)
        ORDER BY pgh_obj_id, pgh_created_at DESC, pgh_id DESC
    ) last
    WHERE last.pgh_obj_id = deal.id AND last.pgh_label = 'backfill'
        AND last.stage_id <> deal.stage_id AND deal.stage_since < last.pgh_created_at
"""
SAID = """
    SELECT target_id, entry
    FROM imports_lastsaid, jsonb_array_elements_text(values) entry
    WHERE source = %(source)s AND kind = 'history' AND target_id = ANY(%(deals)s)
"""


def _entries(source: str, deals: list[int | None]) -> list[StageEntry]:
    """Return all that files of the source ever said of the deals."""
    with connection.cursor() as cursor:
        cursor.execute(SAID, {"source": source, "deals": deals})
        said = cursor.fetchall()
    found = []
    for deal, entry in said:
        stage, _space, moment = entry.partition(" ")
        found.append(StageEntry(deal, int(stage), datetime.fromisoformat(moment)))
    return found
