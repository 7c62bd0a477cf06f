"""The temporary table that rows are copied to, and what holds for every kind."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from pipeline.imports.bulk.comparing import OURS
from pipeline.imports.bulk.reasons import reasons
from pipeline.imports.models import FileKind, ImportFile
from pipeline.imports.rows.layout import Parsed

# One table for every kind: a column that a kind does not use costs nothing.
# A value that is null means: the file does not say.
COLUMNS = {
    "line": "integer",
    "key": "text",
    "label": "text",
    "detail": "text",
    "problems": "jsonb",
    "notes": "jsonb",
    "skip": "text",
    "cells": "jsonb",
    "action": "text",
    "target_id": "bigint",
    "changes": "jsonb",
    # What the file says of a record that is here and was not said last time.
    "said": "jsonb",
    "name": "text",
    "first_name": "text",
    "website": "text",
    "industry": "text",
    "location": "text",
    "external_url": "text",
    "parent_key": "text",
    "parent_name": "text",
    "account_key": "text",
    "account_name": "text",
    "account_id": "bigint",
    "is_account_new": "boolean",
    "title": "text",
    "email": "text",
    "phone": "text",
    "owner_id": "bigint",
    "owner_name": "text",
    "stage_id": "bigint",
    "stage_name": "text",
    "process_id": "bigint",
    "outcome": "text",
    "closed_from_id": "bigint",
    "product_id": "bigint",
    "product_name": "text",
    "amount": "numeric(14,2)",
    "standin": "numeric(14,2)",
    "close_on": "date",
    "closed_on": "date",
    "opened_on": "date",
    "first_opened_on": "date",
    "stage_since": "timestamptz",
    "stated_since": "timestamptz",
    "next_step": "text",
    "next_step_on": "date",
    "description": "text",
    "close_reason": "text",
    "kind_id": "bigint",
    "kind_name": "text",
    "happened_at": "timestamptz",
    "subject": "text",
    "minutes": "integer",
    "deal_key": "text",
    "deal_id": "bigint",
}
OWN = ("line", "key", "label", "detail", "problems", "notes", "skip", "cells")
LABEL_LIMIT = 255
DETAIL_LIMIT = 300

MAKE_TABLE = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS staged ("
    + ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    + ") ON COMMIT DELETE ROWS"
)

# The columns by which rows find each other, and what is there.
SOUGHT_BY = (
    "line, key, problems, skip, name, target_id, account_id, account_key, account_name"
)

# Each place is a subquery about one row, so it stays an index lookup however much is
# there, and whatever the planner knows of it; and by ctid a row finds itself, however
# many it expects. Rows that no place knows are not touched.
LOOK_UP = """
    UPDATE staged SET {column} = found.id
    FROM (
        SELECT ctid, coalesce({places}) AS id FROM staged WHERE {rows} OFFSET 0
    ) found
    WHERE found.ctid = staged.ctid AND found.id IS NOT NULL
"""
BY_KEY = """(
    SELECT id FROM {table} found
    WHERE found.source = %(source)s AND found.external_id = staged.key
        AND found.external_id <> '')"""
REPEATED_HERE = """
    UPDATE staged SET problems = jsonb_build_array(format(%(same)s, firsts.first))
    FROM (
        SELECT key, min(line) AS first FROM staged
        WHERE key <> '' AND problems IS NULL GROUP BY key HAVING count(*) > 1
    ) firsts
    WHERE firsts.key = staged.key AND firsts.first <> staged.line
        AND staged.problems IS NULL
"""
REPEATED_EARLIER = """
    UPDATE staged SET problems = jsonb_build_array(format(%(same)s, found.earlier))
    FROM (
        SELECT ctid, (
            SELECT earlier.line FROM imports_importrow earlier
            WHERE earlier.file_id = ANY(%(files)s) AND earlier.kind = %(kind)s
                AND earlier.key = staged.key AND earlier.key <> ''
            LIMIT 1) AS earlier
        FROM staged WHERE problems IS NULL AND key <> '' OFFSET 0
    ) found
    WHERE found.ctid = staged.ctid AND found.earlier IS NOT NULL
"""
DECIDE = """
    UPDATE staged SET
        action = CASE
            WHEN problems IS NOT NULL THEN 'refuse'
            WHEN skip <> '' THEN 'skip'
            WHEN target_id IS NULL THEN 'create'
            WHEN changes IS NULL OR changes = '[]' THEN 'same'
            WHEN %(is_dry)s AND changes @? '$[*].how ? (@ != "kept")' THEN 'conflict'
            WHEN changes @? '$[*] ? (!exists(@.how) || @.how == "theirs")' THEN 'change'
            ELSE 'same'
        END,
        target_id = CASE
            WHEN problems IS NULL AND skip = '' AND target_id IS NULL
            THEN nextval((SELECT pg_get_serial_sequence(%(table)s, 'id')))
            ELSE target_id
        END
"""
WRITE_RESULTS = """
    INSERT INTO imports_importrow (
        file_id, kind, line, action, label, key, name_key, target_id, link, detail,
        reasons, changes, cells
    )
    SELECT
        %(file)s, %(kind)s, line, action, label,
        CASE WHEN action IN ('refuse', 'skip') THEN '' ELSE key END,
        CASE WHEN %(is_named)s AND action NOT IN ('refuse', 'skip')
            THEN left(lower(name), 200) ELSE '' END,
        CASE WHEN action IN ('refuse', 'skip') THEN NULL ELSE target_id END,
        CASE WHEN action = 'refuse' THEN key
            ELSE coalesce(parent_key, parent_name, '') END,
        CASE WHEN action = 'create' THEN detail ELSE '' END,
        CASE WHEN action = 'refuse' THEN problems
            WHEN action = 'skip' THEN jsonb_build_array(skip) ELSE notes END,
        CASE WHEN action IN ('refuse', 'skip') THEN '[]'
            ELSE coalesce(changes, '[]') END,
        cells
    FROM staged
"""
COUNT = "SELECT action, count(*) FROM staged GROUP BY action"


@dataclass(frozen=True)
class Chunk:
    """What the statements of a chunk need to know."""

    file: ImportFile
    source: str
    # The files of the import by kind, this one included.
    files: dict[str, list[int]]
    # Whether only to look.
    is_dry: bool
    # How conflicts are settled: see answers.py.
    conflicts: dict[str, Any] = field(default_factory=dict)
    # The fields of deals that the source keeps for itself, as `Compared.field`s.
    owned: list[str] = field(default_factory=list)

    @property
    def values(self) -> dict[str, Any]:
        return {
            "file": self.file.pk,
            "kind": self.file.kind,
            "source": self.source,
            "files": self.files.get(self.file.kind, []),
            "account_files": self.account_files,
            "deal_files": self.files.get(FileKind.OPPORTUNITIES, []),
            "is_named": self.file.kind == FileKind.ACCOUNTS,
            "owned": json.dumps(self.owned),
            "choice": self.conflicts.get("all", OURS),
            "chosen": json.dumps(self.conflicts.get(self.file.kind, {})),
            **reasons(has_keys=bool(self.file.keys)),
        }

    @property
    def account_files(self) -> list[int]:
        """Return the files that accounts are known from: every kind may name some."""
        return [pk for pks in self.files.values() for pk in pks]


def execute(statement: str, values: dict[str, Any]) -> int:
    """Run a statement through Django, so that history knows who; return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(values))
        return int(cursor.rowcount)


def copy_rows(rows: Sequence[Parsed], columns: Sequence[str]) -> None:
    """Copy parsed rows to the temporary table; `columns` name what they may have."""
    given = [
        name
        for name in columns
        if any(row.values.get(name) is not None for row in rows)
    ]
    names = ", ".join((*OWN, *given))
    with connection.cursor() as cursor:
        cursor.execute(MAKE_TABLE)
        # Within a longer transaction, the chunk before is still in it.
        cursor.execute("TRUNCATE staged")
        with cursor.copy(f"COPY staged ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row((*_own(row), *map(row.values.get, given)))
        cursor.execute(f"ANALYZE staged ({SOUGHT_BY})")


def _own(row: Parsed) -> tuple[Any, ...]:
    refused = bool(row.problems)
    return (
        row.line,
        row.key,
        row.label[:LABEL_LIMIT],
        row.detail[:DETAIL_LIMIT],
        json.dumps(row.problems) if refused else None,
        json.dumps(row.notes) if row.notes else "[]",
        row.skip,
        json.dumps(row.cells) if refused else None,
    )


WITHOUT_CELLS = "SELECT line FROM staged WHERE action = 'refuse' AND cells IS NULL"
KEEP_CELLS = """
    UPDATE imports_importrow row SET cells = given.cells
    FROM (
        SELECT unnest(%(lines)s::integer[]) AS line, unnest(%(cells)s::jsonb[]) AS cells
    ) given
    WHERE row.file_id = %(file)s AND row.kind = %(kind)s AND row.line = given.line
"""


def keep_cells(chunk: Chunk, rows: Iterable[Parsed]) -> None:
    """Keep the cells of the rows that only the comparison refused.

    The others were copied with them; the cells of good rows are never stored.
    """
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_CELLS)
        lines = {line for (line,) in cursor.fetchall()}
    if not lines:
        return
    kept = [row for row in rows if row.line in lines]
    given = {
        "lines": [row.line for row in kept],
        "cells": [json.dumps(row.cells) for row in kept],
    }
    execute(KEEP_CELLS, chunk.values | given)


def look_up(column: str, places: Sequence[str], rows: str, chunk: Chunk) -> int:
    """Fill a column of `rows` from the first place that knows one; return how many."""
    words = {"column": column, "places": ", ".join(places), "rows": rows}
    return execute(LOOK_UP.format(**words), chunk.values)


def find_by_key(table: str, chunk: Chunk) -> None:
    """Find the records of rows by their id in the source."""
    place = BY_KEY.format(table=table)
    look_up("target_id", [place], "key <> '' AND problems IS NULL", chunk)


def find_repeated(chunk: Chunk) -> None:
    """Refuse rows whose key an earlier row of the import has."""
    execute(REPEATED_HERE, chunk.values)
    execute(REPEATED_EARLIER, chunk.values)


def decide(table: str, chunk: Chunk) -> Counter[str]:
    """Judge each row, write the results, and return how many rows of each action."""
    execute(DECIDE, {"table": table, "is_dry": chunk.is_dry})
    execute(WRITE_RESULTS, chunk.values)
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        return Counter(dict(cursor.fetchall()))
