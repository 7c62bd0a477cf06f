"""Accounts, contacts and products: made and edited."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import F

from pipeline.opportunities.models import Account, Contact, Product
from pipeline.opportunities.services.locking import check_fields
from rhythm.web.saving import check_and_save, save_once
from rhythm.web.versions import changed_fields, check_version


@transaction.atomic
def create_account(
    values: dict[str, Any], *, submission_key: UUID | None = None
) -> Account:
    """Return a new account, or the one that the same form made before.

    Raises ValidationError naming the fields that are wrong.
    """
    account = Account(**values, submission_key=submission_key)
    check_fields(account, ["name", *values])
    return save_once(account, submission_key)[0]


def named_account(name: str) -> tuple[Account | None, bool]:
    """Return the account of that name, made when there is none, and if it was made.

    An empty name returns none. Raises ValidationError if the name is too long.
    """
    name = name.strip()
    if not name:
        return None, False
    _one_at_a_time(name)
    known = best(Account.objects.filter(name__iexact=name))
    if known is not None:
        return known, False
    return create_account({"name": name}), True


def best[R: (Account, Contact)](records: models.QuerySet[R]) -> R | None:
    """Return the first of the records; for one that was merged, what it is now.

    None without any.
    """
    in_order = records.order_by(F("merged_into").asc(nulls_first=True), "pk")
    found = in_order.select_related("merged_into").first()
    return found.merged_into or found if found else None


def standing[R: (Account, Contact)](record: R) -> R:
    """Return the record, or what it was merged into, as it stays for a transaction.

    Of a merge on the way it waits for the end. For whoever points something at it. One
    query, two where it was merged.
    """
    table = record._meta.db_table
    query = f"SELECT merged_into_id FROM {table} WHERE id = %s FOR KEY SHARE"  # noqa: S608 - our own name
    with connection.cursor() as cursor:
        cursor.execute(query, [record.pk])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        return record
    found: R = type(record)._default_manager.get(pk=row[0])
    return found


def _one_at_a_time(name: str) -> None:
    """Wait until nobody else is making an account of this name on the way.

    Names may repeat, so no constraint keeps two of them apart.
    """
    with connection.cursor() as cursor:
        query = "SELECT pg_advisory_xact_lock(hashtext('account'), hashtext(%s))"
        cursor.execute(query, [name.casefold()])


@transaction.atomic
def create_contact(
    values: dict[str, Any], *, submission_key: UUID | None = None
) -> Contact:
    """Return a new contact, or the one that the same form made before.

    Raises ValidationError naming the fields that are wrong.
    """
    if account := values.get("account"):
        values = values | {"account": standing(account)}
    contact = Contact(**values, submission_key=submission_key)
    check_fields(contact, ["name", *values])
    return save_once(contact, submission_key)[0]


@transaction.atomic
def create_product(
    values: dict[str, Any], *, submission_key: UUID | None = None
) -> Product:
    """Return a new product, or the one that the same form made before.

    Raises ValidationError, also for a name that is taken.
    """
    product = Product(**values, submission_key=submission_key)
    return save_once(product, submission_key, exclude=())[0]


@transaction.atomic
def edit_record[R: Account | Contact | Product](
    record: R, values: dict[str, Any], *, shown_version: int | None
) -> R:
    """Change what differs, and return the record. Raises Conflict, ValidationError."""
    model: Any = type(record)
    current: R = model.objects.select_for_update(of=("self",)).get(pk=record.pk)
    check_version(current, shown_version)
    changed: list[str] = changed_fields(current, values)
    if changed:
        current.version += 1
        check_and_save(current, update_fields=[*changed, "version"])
    return current
