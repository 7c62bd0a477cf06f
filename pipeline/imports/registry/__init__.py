"""The short lists that rows refer to: people and teams, products, the process.

They are settled before any other row, in one transaction, by the ORM. In a check
nothing is made: what would be made gets an id below zero, so that rows can be compared.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from pipeline.imports.answers import OWNED
from pipeline.imports.models import ImportRow, ImportRun
from pipeline.imports.registry.activities import settle_activity_kinds
from pipeline.imports.registry.people import settle_people
from pipeline.imports.registry.process import settle_process
from pipeline.imports.registry.products import settle_products
from pipeline.imports.registry.settling import Settling
from pipeline.imports.rows.layout import Lookups, ProductRef, Ref, StageRef

# Two imports never make the same person or product at the same time.
LOCK = 7462002


@transaction.atomic
def settle(run: ImportRun, *, now: datetime, is_dry: bool) -> None:
    """Find or make the people, products and stages of an import.

    Saves `run.resolved` and its counts, and the results of these rows. In a check the
    ids of what would be made are below zero.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    settling = Settling(run, now, is_dry)
    files = list(run.files.taken())
    owned = [file for file in files if file.kind in OWNED]
    resolved = {
        **settle_process(settling),
        **settle_people(settling, owned),
        **settle_products(settling, files),
        **settle_activity_kinds(files),
    }
    ImportRow.objects.bulk_create(settling.rows, batch_size=1000)
    run.resolved = resolved
    for row in settling.rows:
        count(run.counts, row.file_id, row.kind, row.action, 1)
    run.save(update_fields=["resolved", "counts"])


def count(counts: dict[str, Any], file: int, kind: str, action: str, rows: int) -> None:
    """Add `rows` to the counts of an import."""
    of_kind = counts.setdefault(str(file), {}).setdefault(str(kind), {})
    of_kind[str(action)] = of_kind.get(str(action), 0) + rows


def lookups_of(run: ImportRun) -> Lookups:
    """Return what the texts of the files mean, as `settle` has found it."""
    resolved = run.resolved
    owner = resolved.get("owner")
    return Lookups(
        owners={text: Ref(*ref) for text, ref in resolved["owners"].items()},
        owner=Ref(*owner) if owner else None,
        stages={text: StageRef(*ref) for text, ref in resolved["stages"].items()},
        closed={kind: StageRef(*ref) for kind, ref in resolved["closed"].items()},
        products={
            text: _product(ref) if ref else None
            for text, ref in resolved["products"].items()
        },
        uses_list_price=bool(run.answers.get("list_price")),
        activity_kinds={text: Ref(*ref) for text, ref in resolved["kinds"].items()},
    )


def _product(ref: list[Any]) -> ProductRef:
    pk, name, price = ref
    return ProductRef(pk, name, None if price is None else Decimal(price))
