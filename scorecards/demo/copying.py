"""Puts thousands of rows into a table at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models
from psycopg import sql


def copy[M: models.Model](model: type[M], records: Iterable[M]) -> None:
    """Write new records by COPY, which takes a third of the time of INSERT.

    They get keys in the database, but the objects do not learn them.
    """
    fields = [each for each in model._meta.concrete_fields if not each.primary_key]
    copy_values(
        model,
        fields,
        (
            {f.attname: f.pre_save(record, add=True) for f in fields}
            for record in records
        ),
    )


def copy_values(
    model: type[models.Model],
    fields: Iterable[models.Field[Any, Any]],
    rows: Iterable[Mapping[str, Any]],
) -> None:
    """Write rows of values, each by the attribute names (`stage_id`) of `fields`."""
    fields = list(fields)
    statement = sql.SQL("COPY {table} ({columns}) FROM STDIN").format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(sql.Identifier(str(f.column)) for f in fields),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as out:
        for row in rows:
            out.write_row(
                [
                    f.get_db_prep_save(row[f.attname], connection=connection)
                    for f in fields
                ]
            )
