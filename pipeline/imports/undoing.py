"""Undo of an import: what it made goes, what it changed gets its old values back.

Only where nobody touched the record since: history tells. What somebody changed, or
built upon, stays as it is and is listed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from django.db import connection, models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from pipeline.activities.models import Activity
from pipeline.imports.claims import LEASE, hold
from pipeline.imports.models import (
    FileKind,
    ImportRow,
    ImportRun,
    LastSaid,
    RowAction,
)
from pipeline.opportunities.models import Account, Contact, Opportunity, Product
from rhythm.people.models import Membership, Team, User

# What is built upon others goes first.
ORDER: dict[str, type[models.Model]] = {
    FileKind.ACTIVITIES: Activity,
    FileKind.OPPORTUNITIES: Opportunity,
    FileKind.CONTACTS: Contact,
    FileKind.ACCOUNTS: Account,
    FileKind.PRODUCTS: Product,
    FileKind.PEOPLE: User,
}
ROWS = 2000
TOUCHED = """
    SELECT DISTINCT pgh_obj_id FROM {events} WHERE pgh_obj_id = ANY(%(ids)s)
        AND pgh_created_at >= %(since)s
        AND coalesce(pgh_context ->> 'imported', '') <> %(run)s
"""
# The first event of the import holds what was there before it.
RESTORE = """
    UPDATE {table} record SET {values}, version = record.version + 1
    FROM (
        SELECT DISTINCT ON (pgh_obj_id) * FROM {events}
        WHERE pgh_obj_id = ANY(%(ids)s) AND pgh_created_at >= %(since)s
            AND pgh_context ->> 'imported' = %(run)s
        ORDER BY pgh_obj_id, pgh_id
    ) before
    WHERE record.id = before.pgh_obj_id
"""
# The account that it was of may have been merged since.
REPOINT = """
    UPDATE {table} record SET {pointer} = nullif(gone.merged_into_id, record.id)
    FROM opportunities_account gone
    WHERE record.id = ANY(%(ids)s) AND gone.id = record.{pointer}
        AND gone.merged_into_id IS NOT NULL
"""
POINTERS: dict[type[models.Model], str] = {
    Opportunity: "account_id",
    Contact: "account_id",
    Account: "parent_id",
}
# When it came back to its stage: when it last changed, as far as history goes.
SINCE = """
    UPDATE opportunities_opportunity deal SET stage_since = coalesce(
        (SELECT max(event.pgh_created_at) FROM opportunities_opportunityevent event
            WHERE event.pgh_obj_id = deal.id AND event.stage_id <> deal.stage_id
                AND event.pgh_created_at < %(since)s),
        least(deal.opened_on::timestamptz, deal.created_at))
    FROM imports_importrow row
    WHERE row.file_id = %(file)s AND row.kind = 'opportunities'
        AND row.target_id = deal.id AND deal.id = ANY(%(ids)s)
        AND row.changes @> '[{"field": "stage"}]'
"""
PRODUCTS_OUT = """
    DELETE FROM opportunities_opportunity_products through
    USING imports_importrow row, jsonb_array_elements(row.changes) entry
    WHERE row.file_id = %(file)s AND row.kind = 'opportunities'
        AND row.target_id = ANY(%(ids)s) AND through.opportunity_id = row.target_id
        AND entry ->> 'field' = 'product' AND entry ->> 'how' IS DISTINCT FROM 'kept'
"""
PRODUCTS_IN = """
    INSERT INTO opportunities_opportunity_products (opportunity_id, product_id)
    SELECT row.target_id, product.id
    FROM imports_importrow row, jsonb_array_elements(row.changes) entry,
        opportunities_product product
    WHERE row.file_id = %(file)s AND row.kind = 'opportunities'
        AND row.target_id = ANY(%(ids)s) AND entry ->> 'field' = 'product'
        AND entry ->> 'how' IS DISTINCT FROM 'kept'
        AND product.name = ANY(string_to_array(entry ->> 'old', ', '))
    ON CONFLICT DO NOTHING
"""
# As if the import before had said what is there again, so that the same file, brought
# in once more, is a change and no conflict.
UNSAY = """
    UPDATE imports_lastsaid last
    SET values = jsonb_strip_nulls(last.values || given.said)
    FROM (
        SELECT row.target_id, jsonb_object_agg(entry ->> 'field', coalesce(
            to_jsonb(record) -> (entry ->> 'field'),
            to_jsonb(record) -> ((entry ->> 'field') || '_id'))) AS said
        FROM imports_importrow row
        JOIN {table} record ON record.id = row.target_id,
            jsonb_array_elements(row.changes) entry
        WHERE row.file_id = %(file)s AND row.kind = %(kind)s
            AND row.target_id = ANY(%(ids)s)
        GROUP BY row.target_id
    ) given
    WHERE last.source = %(source)s AND last.kind = %(kind)s
        AND last.target_id = given.target_id
"""


def undo(run: ImportRun) -> Iterator[None]:
    """Take the import back, kind by kind. Yields after each chunk; may be repeated."""
    files = list(run.files.values_list("pk", flat=True))
    for kind, file in itertools.product(ORDER, files):
        after = -1
        while rows := _rows(file, kind, after):
            after = rows[-1].line
            with transaction.atomic():
                _take_back(run, file, kind, rows)
                hold(run, LEASE, attempts=0)
            yield
    with transaction.atomic():
        run.counts = _counts(files)
        hold(run, LEASE, counts=run.counts)


def _rows(file: int, kind: str, after: int) -> list[ImportRow]:
    rows = ImportRow.objects.filter(
        file_id=file,
        kind=kind,
        line__gt=after,
        action__in=(RowAction.CREATE, RowAction.CHANGE),
        target_id__isnull=False,
    )
    return list(rows.order_by("line")[:ROWS])


def _take_back(run: ImportRun, file: int, kind: str, rows: list[ImportRow]) -> None:
    made = [row.target_id for row in rows if row.action == RowAction.CREATE]
    changed = [row.target_id for row in rows if row.action == RowAction.CHANGE]
    touched = _touched(run, ORDER[kind], [*made, *changed])
    gone = _remove(run, kind, [pk for pk in made if pk not in touched])
    back = {pk for pk in changed if pk not in touched}
    if kind in (FileKind.PEOPLE, FileKind.PRODUCTS):
        # Few, and what changed of them is an address or a price.
        back = set()
    else:
        _restore(run, file, kind, sorted(back))
    for row in rows:
        if row.target_id in gone or row.target_id in back:
            row.action, row.reasons = RowAction.UNDONE, []
        else:
            row.reasons = [*row.reasons, _why(row, touched)]
    ImportRow.objects.bulk_update(rows, ["action", "reasons"], batch_size=500)


def _why(row: ImportRow, touched: set[int]) -> str:
    if row.target_id in touched:
        return _("Not undone: it was changed since")
    if row.action == RowAction.CREATE:
        return _("Not undone: other records need it")
    return _("Not undone: such changes are put right by hand")


def _touched(run: ImportRun, model: type[models.Model], ids: list[Any]) -> set[int]:
    """Return the records that somebody, or another import, changed since."""
    events = model._meta.get_field("events").related_model
    assert not isinstance(events, str)
    assert events is not None
    statement = TOUCHED.replace("{events}", events._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {"ids": ids, "since": run.started_at, "run": str(run.pk)}
        )
        return {pk for (pk,) in cursor.fetchall()}


def _remove(run: ImportRun, kind: str, ids: list[Any]) -> set[int]:
    """Delete the records that nothing refers to, and return them."""
    model = ORDER[kind]
    if model is User:
        return {pk for pk in ids if _remove_person(pk)}
    free = set(ids)
    for field in model._meta.get_fields(include_hidden=True):
        if free and _refers(field, model):
            others = field.related_model._base_manager.filter(  # type: ignore[union-attr]
                **{f"{field.field.name}__in": free}  # type: ignore[union-attr]
            )
            free -= set(others.values_list(field.field.attname, flat=True))  # type: ignore[union-attr]
    if model is Opportunity:
        Opportunity.products.through.objects.filter(opportunity__in=free).delete()
    model._default_manager.filter(pk__in=free).delete()
    LastSaid.objects.filter(source=run.source, kind=kind, target_id__in=free).delete()
    return free


def _refers(field: Any, model: type[models.Model]) -> bool:
    """Return whether the field stands for records of others that point here."""
    if not (field.one_to_many or field.one_to_one) or field.concrete:
        return False
    is_history = any(each.name == "pgh_id" for each in field.related_model._meta.fields)
    is_own = model is Opportunity and (
        field.related_model is Opportunity.products.through
    )
    return not (is_history or is_own)


def _remove_person(pk: int) -> bool:
    """Delete somebody who never signed in and whom nothing refers to."""
    person = User.objects.get_queryset().filter(pk=pk, last_login=None).first()
    if person is None or Team.objects.filter(manager=person).exists():
        return False
    try:
        with transaction.atomic():
            Membership.objects.filter(user=person).delete()
            person.delete()
    except ProtectedError:
        return False
    return True


def _restore(run: ImportRun, file: int, kind: str, ids: list[Any]) -> None:
    """Give the records the values that they had before the import."""
    if not ids:
        return
    model = ORDER[kind]
    events = model._meta.get_field("events").related_model
    assert not isinstance(events, str)
    assert events is not None
    columns = [
        each.column
        for each in events._meta.concrete_fields
        if not each.name.startswith("pgh_") and each.column != "id"
    ]
    words = {
        "{table}": model._meta.db_table,
        "{events}": events._meta.db_table,
        "{values}": ", ".join(f"{each} = before.{each}" for each in columns),
    }
    values = {
        "ids": ids,
        "since": run.started_at,
        "run": str(run.pk),
        "file": file,
        "kind": kind,
        "source": run.source,
    }
    statements = [RESTORE]
    if model in POINTERS:
        words["{pointer}"] = POINTERS[model]
        statements.append(REPOINT)
    if model is Opportunity:
        statements += [SINCE, PRODUCTS_OUT, PRODUCTS_IN]
    with connection.cursor() as cursor:
        for statement in [*statements, UNSAY]:
            for word, text in words.items():
                statement = statement.replace(word, text)  # noqa: PLW2901
            cursor.execute(statement, values)


def _counts(files: list[int]) -> dict[str, Any]:
    """Return the counts by file, kind and action, as they are now."""
    found: dict[str, Any] = {}
    grouped = ImportRow.objects.filter(file_id__in=files).values_list(
        "file_id", "kind", "action"
    )
    for file, kind, action, rows in grouped.annotate(rows=models.Count("line")):
        found.setdefault(str(file), {}).setdefault(kind, {})[action] = rows
    return found
