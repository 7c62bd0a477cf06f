"""Accounts and contacts that may be one: the same plain name, address or website."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models import Count
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Account, Contact, Opportunity
from pipeline.opportunities.models.duplicates import DirectoryKind
from rhythm.people.models import User

PAGE = 25
MODELS: dict[str, type[Account | Contact]] = {
    DirectoryKind.ACCOUNTS: Account,
    DirectoryKind.CONTACTS: Contact,
}

# Words and figures alone, in lower case, without what says how a company is formed.
PLAIN = r"""
    regexp_replace(
        trim(regexp_replace(lower(name), '[^[:alnum:]]+', ' ', 'g')),
        '( (inc|incorporated|ltd|limited|llc|llp|plc|corp|corporation|co|company|gmbh'
        '|mbh|ag|kg|se|sa|sas|sarl|srl|spa|bv|nv|ab|as|oy|pty|group|holding|holdings'
        '|s a|s a s|s r l|s p a|b v|n v|a b|a s|l l c)'
        ')+$', '')
"""
SITE = r"split_part(regexp_replace(lower(website), '^https?://(www\.)?', ''), '/', 1)"
ACCOUNT_KEYS = f"""
    SELECT id, 'name' AS why, {PLAIN} AS key FROM opportunities_account
    WHERE merged_into_id IS NULL
    UNION ALL
    SELECT id, 'site', {SITE} FROM opportunities_account
    WHERE merged_into_id IS NULL AND website <> ''
"""  # noqa: S608 - joins constants
CONTACT_KEYS = f"""
    SELECT id, 'name' AS why, account_id || ' ' || {PLAIN} AS key
    FROM opportunities_contact
    WHERE merged_into_id IS NULL AND account_id IS NOT NULL
    UNION ALL
    SELECT id, 'email', lower(email) FROM opportunities_contact
    WHERE merged_into_id IS NULL AND email <> ''
"""  # noqa: S608 - joins constants
# Each with the first of those that it is like, and with the one before it: the first
# may be neither, by what somebody said. Reads all records of the kind; materialised, so
# that a key is made once and not again for each use of it.
PAIRS = """
    WITH keys AS MATERIALIZED ({keys})
    SELECT first_id, id, array_agg(DISTINCT why ORDER BY why) FROM (
        SELECT id, why, unnest(ARRAY[
            min(id) OVER (PARTITION BY why, key),
            lag(id) OVER (PARTITION BY why, key ORDER BY id)]) AS first_id
        FROM keys WHERE trim(key) <> ''
    ) alike
    WHERE first_id < id AND (first_id, id) > (%(after)s, %(after_id)s)
        AND NOT EXISTS (
            SELECT FROM opportunities_keptapart apart
            WHERE apart.kind = %(kind)s AND apart.low_id = first_id
                AND apart.high_id = alike.id)
    GROUP BY first_id, id ORDER BY first_id, id LIMIT %(limit)s
"""
KEYS = {
    DirectoryKind.ACCOUNTS: ACCOUNT_KEYS,
    DirectoryKind.CONTACTS: CONTACT_KEYS,
}


@dataclass(frozen=True)
class Side:
    """One of the two."""

    id: int
    name: str
    about: str
    # Of the deals that the viewer may see.
    deals: int


@dataclass(frozen=True)
class Pair:
    one: Side
    other: Side
    why: str


@dataclass(frozen=True)
class Pairs:
    """A page of pairs; next_after is the key of the last one, "" at the end."""

    pairs: list[Pair]
    next_after: str


def pairs_of(kind: str, *, viewer: User, after: tuple[int, int] = (0, 0)) -> Pairs:
    """Return records that look alike, two by two, after the key of a pair.

    Those of which somebody said that they are not the same are left out.
    """
    statement = PAIRS.replace("{keys}", KEYS[DirectoryKind(kind)])
    values: dict[str, str | int] = {
        "after": after[0],
        "after_id": after[1],
        "kind": kind,
        "limit": PAGE + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[int, int, list[str]]] = cursor.fetchall()
    page = found[:PAGE]
    sides = _sides(kind, {pk for pair in page for pk in pair[:2]}, viewer)
    whys = {
        "name": _("The same name"),
        "site": _("The same website"),
        "email": _("The same e-mail address"),
    }
    pairs = [
        Pair(sides[one], sides[other], ", ".join(whys[each] for each in why))
        for one, other, why in page
        if one in sides and other in sides
    ]
    is_more = len(found) > PAGE
    return Pairs(pairs, f"{page[-1][0]}-{page[-1][1]}" if is_more else "")


def _sides(kind: str, ids: Iterable[int], viewer: User) -> dict[int, Side]:
    """Return the records as they stand in the list. Two queries."""
    wanted = list(ids)
    records: models.QuerySet[Any] = MODELS[kind].objects.visible_to(viewer)
    records = records.select_related(
        "parent" if kind == DirectoryKind.ACCOUNTS else "account"
    ).filter(pk__in=wanted)
    deals = deal_counts(kind, wanted, viewer)
    return {
        each.pk: Side(each.pk, each.name, about(each), deals.get(each.pk, 0))
        for each in records
    }


def about(record: Account | Contact) -> str:
    """Return what tells a record from others of its name, in a line."""
    if isinstance(record, Account):
        said = (record.industry, record.location, record.website)
    else:
        account = record.account.name if record.account else ""
        said = (record.title, account, record.email)
    return ", ".join(filter(None, said))


def deal_counts(kind: str, ids: Iterable[int], viewer: User) -> dict[int, int]:
    """Return how many deals that the viewer may see hang on each record."""
    deals = Opportunity.objects.visible_to(viewer).order_by()
    name = "account" if kind == DirectoryKind.ACCOUNTS else "contact_roles__contact"
    counted = (
        deals.filter(**{f"{name}__in": list(ids)})
        .values_list(name)
        .annotate(Count("pk", distinct=True))
    )
    return dict(counted)
