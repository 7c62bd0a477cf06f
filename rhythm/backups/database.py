"""What a backup reads from PostgreSQL, and what a restore writes to it.

COPY and no other program: it works wherever the product runs, with any version of
the server, and needs no more rights than the product's own role has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

# Made anew: who was signed in, and what can be computed again.
LEFT_OUT = ("cache", "django_session")
# Filled by the migrations themselves.
MIGRATIONS = "django_migrations"

TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname
"""
COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0
    AND NOT attisdropped AND attgenerated = ''
    ORDER BY attnum
"""
SEQUENCES = """
    SELECT sequencename, last_value FROM pg_sequences
    WHERE schemaname = current_schema() AND last_value IS NOT NULL
"""
FUNCTIONS = """
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace
    AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
FOREIGN_KEYS = """
    SELECT c.relname, k.conname, pg_get_constraintdef(k.oid)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace
"""


def rows_of(statement: str, *values: str | int) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def run(statement: sql.Composed | str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def tables() -> list[str]:
    """Return the names of all tables, but not those of extensions."""
    return [name for (name,) in rows_of(TABLES)]


def columns(table: str) -> tuple[str, ...]:
    """Return the columns that hold values of their own: not the computed ones."""
    quoted = sql.Identifier(table).as_string()
    return tuple(name for (name,) in rows_of(COLUMNS, quoted))


def sequences() -> dict[str, int]:
    """Return the last number that each sequence gave out, if it gave out any."""
    return dict(rows_of(SEQUENCES))


def migrations() -> tuple[tuple[str, str], ...]:
    """Return the migrations that ran here, by app and name."""
    applied = MigrationRecorder(connection).applied_migrations()
    return tuple(sorted((app, name) for app, name in applied))


def begin_reading() -> None:
    """Make the transaction that has just begun see one moment, and all of it."""
    run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    # Rows that this role may not see must fail the backup, not be missing from it.
    run("SET LOCAL row_security = off")
    be_patient()


def be_patient() -> None:
    """Let the transaction take the time it needs, but not wait for others for ever."""
    run("SET LOCAL statement_timeout = 0")
    run("SET LOCAL idle_in_transaction_session_timeout = 0")
    run("SET LOCAL lock_timeout = '60s'")


def copy_out(table: str, names: Iterable[str]) -> Iterator[bytes]:
    """Yield the rows of the table as text. A row ends with the only kind of newline."""
    with connection.cursor() as cursor, cursor.copy(_copy(table, names, "TO")) as copy:
        for piece in copy:
            yield bytes(piece)


def copy_in(table: str, names: Iterable[str], pieces: Iterable[bytes]) -> int:
    """Fill the table, and return how many rows came in."""
    with connection.cursor() as cursor:
        with cursor.copy(_copy(table, names, "FROM")) as copy:
            for piece in pieces:
                copy.write(piece)
        return int(cursor.rowcount)


def _copy(table: str, names: Iterable[str], direction: str) -> sql.Composed:
    way = sql.SQL("TO STDOUT" if direction == "TO" else "FROM STDIN")
    found = sql.SQL(", ").join(map(sql.Identifier, names))
    return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(table), found, way)


def wipe() -> None:
    """Remove every table and function of ours, and all that hangs on them."""
    for name in tables():
        run(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(name)))
    for (signature,) in rows_of(FUNCTIONS):
        # PostgreSQL has quoted it itself.
        run(f"DROP FUNCTION {signature} CASCADE")


def migrate_to(applied: Iterable[tuple[str, str]]) -> None:
    """Bring an empty schema to the state in which exactly `applied` have run."""
    wanted = set(applied)
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    last = [
        node
        for node in sorted(wanted)
        if not any(
            child.key in wanted and child.key[0] == node[0]
            for child in graph.node_map[node].children
        )
    ]
    executor.migrate(last)


def unknown_migrations(applied: Iterable[tuple[str, str]]) -> list[str]:
    """Return those of `applied` that this version does not have."""
    known = MigrationExecutor(connection).loader.graph.node_map
    return [f"{app} {name}" for app, name in applied if (app, name) not in known]


class BareTables:
    """For the block: no foreign keys, and no triggers that write history.

    Afterwards both are there again, and every foreign key has been checked.
    """

    def __enter__(self) -> None:
        self.keys = rows_of(FOREIGN_KEYS)
        self.names = tables()
        for table, name, _ in self.keys:
            _alter(table, sql.SQL("DROP CONSTRAINT {}").format(sql.Identifier(name)))
        for table in self.names:
            _alter(table, sql.SQL("DISABLE TRIGGER USER"))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            return  # the transaction ends with it
        for table in self.names:
            _alter(table, sql.SQL("ENABLE TRIGGER USER"))
        for table, name, definition in self.keys:
            add = sql.SQL("ADD CONSTRAINT {} ").format(sql.Identifier(name))
            # As PostgreSQL spelled it itself.
            _alter(table, add + sql.SQL(definition))


def _alter(table: str, action: sql.Composable) -> None:
    run(sql.SQL("ALTER TABLE {} ").format(sql.Identifier(table)) + action)


def truncate(names: Iterable[str]) -> None:
    found = sql.SQL(", ").join(map(sql.Identifier, names))
    run(sql.SQL("TRUNCATE {}").format(found))


def set_sequences(values: dict[str, int]) -> None:
    """Go on counting where the backup was: no number is ever given out twice."""
    for name, value in values.items():
        rows_of(
            "SELECT setval(%s::regclass, %s)", sql.Identifier(name).as_string(), value
        )
