"""Writes the past: events that the database would have written at the time.

`pgh_created_at` is set by the database, so past events go in as plain rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from scorecards.demo.copying import copy_values


@dataclass(frozen=True)
class PastChange:
    """That `record` had these values before `at`, when `by` changed them."""

    at: datetime
    by: int
    # Field attribute names (`stage_id`) and their values before the change.
    before: dict[str, Any]


def write_changes[M: models.Model](
    past: Iterable[tuple[M, Iterable[PastChange]]],
) -> int:
    """Write the events of records of one model; return how many.

    Walks back from each record as it is: an event holds the whole row as it was just
    before its change. One statement for all of them.
    """
    rows: list[dict[str, Any]] = []
    event: type[models.Model] | None = None
    for record, changes in past:
        event = record.events.model  # type: ignore[attr-defined]
        rows += _events(record, _tracked(event), changes)
    if event is not None:
        _insert(event, rows)
    return len(rows)


def _events(
    record: models.Model,
    fields: list[models.Field[Any, Any]],
    changes: Iterable[PastChange],
) -> Iterator[dict[str, Any]]:
    values = {each.attname: getattr(record, each.attname) for each in fields}
    for change in sorted(changes, key=lambda each: each.at, reverse=True):
        values = {**values, **change.before}
        yield {
            **values,
            "pgh_created_at": change.at,
            "pgh_label": "change",
            "pgh_obj_id": record.pk,
            "pgh_context": {"user": change.by},
            "pgh_context_id": None,
        }


def _tracked(event: type[models.Model]) -> list[models.Field[Any, Any]]:
    fields = event._meta.concrete_fields
    return [each for each in fields if not each.name.startswith("pgh_")]


def _insert(event: type[models.Model], rows: list[dict[str, Any]]) -> None:
    fields = [f for f in event._meta.concrete_fields if f.attname != "pgh_id"]
    copy_values(event, fields, rows)
