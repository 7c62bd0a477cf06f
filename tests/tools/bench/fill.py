"""Filling tables by INSERT ... SELECT, whatever columns they will have next month."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED


def fill(model: type[models.Model], rows: str, /, **values: str) -> int:
    """Insert a row for each of the `rows` of an SQL FROM clause; return how many.

    values are SQL expressions by column. Every other column gets the model's default.
    """
    columns = {
        field.column: values.pop(field.column, None) or _default(field)
        for field in model._meta.concrete_fields
        if not (field.primary_key and field.column not in values)
        and not getattr(field, "generated", False)
    }
    assert not values, f"{model} has no {values}"
    names = ", ".join(f'"{name}"' for name in columns)
    return run(
        f'INSERT INTO "{model._meta.db_table}" ({names}) '
        f"SELECT {', '.join(columns.values())} FROM {rows}"
    )


def run(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def one(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        [value] = cursor.fetchone()
        return value


def _default(field: models.Field) -> str:
    if field.null:
        return "NULL"
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return "now()"
    value = field.get_default() if field.default is not NOT_PROVIDED else ""
    if field.db_default is not NOT_PROVIDED:
        return "DEFAULT" if field.default is NOT_PROVIDED else _literal(value)
    return _literal(value)


def _literal(value: Any) -> str:
    if isinstance(value, bool | int | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return f"'{value.isoformat()}'"
    if isinstance(value, list | dict):
        # Of both a JSON column and an array, the empty one is written like this.
        return "'{}'" if isinstance(value, dict) else "'[]'"
    return "'" + str(value).replace("'", "''") + "'"
