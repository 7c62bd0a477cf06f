"""One pass over the short lists: what it found, made, and says about each row."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.imports import reading
from pipeline.imports.bulk.comparing import KEPT, OURS
from pipeline.imports.inspection import how, path_of
from pipeline.imports.models import (
    FileKind,
    ImportFile,
    ImportRow,
    ImportRun,
    LastSaid,
    RowAction,
)
from pipeline.imports.rows.layout import Cells, Layout, Lookups, Parsed
from rhythm.people.models import Organisation


@dataclass
class Settling:
    """An import whose people, products and stages are being settled."""

    run: ImportRun
    now: datetime
    is_dry: bool
    rows: list[ImportRow] = field(default_factory=list)
    # Ids for what a check would make.
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(-1, -1))

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(Organisation.current().time_zone)

    def say(
        self,
        file: ImportFile,
        kind: str,
        parsed: Parsed,
        action: RowAction,
        *,
        target_id: int | None = None,
        changes: list[dict[str, Any]] | None = None,
    ) -> None:
        """Remember what becomes of a row."""
        refused = action == RowAction.REFUSE
        skipped = [parsed.skip] if action == RowAction.SKIP else parsed.notes
        self.rows.append(
            ImportRow(
                file=file,
                kind=kind,
                line=parsed.line,
                action=action,
                label=parsed.label[:255],
                detail=parsed.detail[:300] if action == RowAction.CREATE else "",
                key="" if action in (RowAction.REFUSE, RowAction.SKIP) else parsed.key,
                target_id=target_id,
                reasons=parsed.problems if refused else skipped,
                changes=changes or [],
                cells=parsed.cells if refused else None,
            )
        )

    def judge(self, kind: str, target: int, entry: dict[str, Any]) -> dict[str, Any]:
        """Return why a field that differs stays or comes in: see bulk/comparing.py.

        entry has its `field`, and `old` and `new` as texts. Nothing: the file changed
        it.
        """
        last = self.last_said.get((kind, target), {}).get(entry["field"])
        if last is not None and last == entry["new"]:
            return {"how": KEPT}
        if entry["old"] in (last, None, ""):
            return {}
        conflicts = self.run.answers.get("conflicts", {})
        chosen = conflicts.get(kind, {}).get(str(target), {}).get(entry["field"])
        return {"how": chosen or conflicts.get("all", OURS), "last": last}

    @cached_property
    def last_said(self) -> dict[tuple[str, int], dict[str, Any]]:
        """What the last import said of products, by kind and id."""
        said = LastSaid.objects.filter(
            source=self.run.source, kind=FileKind.PRODUCTS
        ).values_list("kind", "target_id", "values")
        return {(kind, target): values for kind, target, values in said}

    def remember(self, kind: str, target: int, said: dict[str, Any]) -> None:
        """Keep what the file says of a record, for the next import."""
        if self.is_dry:
            return
        values = {name: value for name, value in said.items() if value is not None}
        known = self.last_said.get((kind, target), {})
        LastSaid.objects.update_or_create(
            source=self.run.source,
            kind=kind,
            target_id=target,
            defaults={"values": {**known, **values}},
        )

    def taken(self, kind: str) -> list[ImportFile]:
        return list(self.run.files.taken().filter(kind=kind))


def layout_of(
    file: ImportFile, lookups: Lookups, now: datetime, zone: ZoneInfo
) -> Layout:
    """Return how to read the rows of a file into values."""
    places = {column["name"]: place for place, column in enumerate(file.columns)}
    return Layout(
        places={name: places[column] for name, column in file.mapping.items()},
        columns=file.mapping,
        formats={
            name: file.formats[column]
            for name, column in file.mapping.items()
            if column in file.formats
        },
        keys=[places[column] for column in file.keys],
        zone=zone,
        now=now,
        lookups=lookups,
    )


def parsed_rows(
    file: ImportFile, settling: Settling, read: Callable[[Cells], Parsed]
) -> Iterator[Parsed]:
    """Yield the rows of a short file as values; a broken one with its problem."""
    layout = layout_of(file, Lookups(), settling.now, settling.zone)
    rows = reading.read_rows(path_of(file), how(file), len(file.columns))
    for row in rows:
        if row.broken:
            yield Parsed(row.line, problems=[row.broken], cells=row.cells)
        else:
            yield read(Cells(row, layout))
