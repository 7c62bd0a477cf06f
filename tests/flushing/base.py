"""The database of the tests: it is emptied by DELETE where that is the faster way.

TRUNCATE gives each table, and each of its indexes, a new file, whether it held rows or
not: half a second for ours, after each test that commits. Most of those leave some
rows in some tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base, operations

# Beyond this, dead rows would cost the next tests more than new files do.
LARGE = 16 * 2**20


class DatabaseOperations(operations.DatabaseOperations):
    """PostgreSQL's, with a flush for many tables that hold little."""

    def sql_flush(
        self,
        style: Any,
        tables: Sequence[str],
        *,
        reset_sequences: bool = False,
        allow_cascade: bool = False,
    ) -> list[str]:
        """Return the statements that empty the tables: DELETE if they are small."""
        if not tables or reset_sequences or allow_cascade or not self._is_quick(tables):
            return super().sql_flush(
                style,
                tables,
                reset_sequences=reset_sequences,
                allow_cascade=allow_cascade,
            )
        names = sorted(map(self.quote_name, tables))
        return [
            # Neither guards nor history: TRUNCATE would not ask those either.
            "SET LOCAL session_replication_role = replica",
            # As TRUNCATE does, it waits for whoever is still writing.
            f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE",
            *(f"DELETE FROM {name}" for name in names),
        ]

    def _is_quick(self, tables: Sequence[str]) -> bool:
        """Return whether the tables are small, and this role may leave triggers out."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(pg_relation_size(oid)) < %s AND"
                " has_parameter_privilege('session_replication_role', 'SET')"
                " FROM pg_class WHERE relname = ANY(%s)",
                [LARGE, list(tables)],
            )
            return bool(cursor.fetchone()[0])


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL's, with the operations above."""

    ops_class = DatabaseOperations
