"""Contacts: found by id, else by e-mail address, else by name at the same account."""

from __future__ import annotations

from collections import Counter

from pipeline.imports.bulk.comparing import Compared, comparison, named, same
from pipeline.imports.bulk.references import resolve_accounts, skip_merged
from pipeline.imports.bulk.staging import (
    Chunk,
    decide,
    execute,
    find_by_key,
    find_repeated,
)

TABLE = "opportunities_contact"
COLUMNS = ("name", "account_key", "account_name", "title", "email", "phone")

# Reads all contacts; only rows that no id has found ask for it.
BY_PERSON = """
    UPDATE staged SET target_id = found.id
    FROM (
        SELECT DISTINCT ON (line) line, id
        FROM (
            SELECT row.line, row.key, contact.id, external_id, merged_into_id
            FROM staged row
            JOIN opportunities_contact contact
                ON lower(contact.email) = lower(row.email)
            WHERE row.target_id IS NULL AND row.problems IS NULL
            UNION ALL
            SELECT row.line, row.key, contact.id, external_id, merged_into_id
            FROM staged row
            JOIN opportunities_contact contact ON contact.name = row.name
                AND contact.account_id IS NOT DISTINCT FROM row.account_id
            WHERE row.target_id IS NULL AND row.problems IS NULL AND row.email IS NULL
        ) same
        WHERE key = '' OR (external_id = '' AND merged_into_id IS NULL)
        ORDER BY line, merged_into_id IS NOT NULL, id
    ) found
    WHERE found.line = staged.line
"""
SAME_PERSON = """
    UPDATE staged SET skip = format(%(same_person)s, firsts.first)
    FROM (
        SELECT line, first_value(line) OVER (
            PARTITION BY target_id ORDER BY line) AS first
        FROM staged WHERE target_id IS NOT NULL AND problems IS NULL
    ) firsts
    WHERE firsts.line = staged.line AND firsts.first <> staged.line AND staged.skip = ''
"""
COMPARISON = comparison(
    TABLE,
    "contacts",
    [
        *map(same, ("name", "title", "email", "phone")),
        named(
            "account",
            "opportunities_account",
            "coalesce(staged.account_name, staged.account_key)",
        ),
        Compared(
            "external_id", "nullif(staged.key, '')", "old.external_id", is_files=True
        ),
    ],
)
CREATE = """
    INSERT INTO opportunities_contact (
        id, account_id, name, title, email, phone, source, external_id, external_url,
        created_at, version
    )
    SELECT target_id, account_id, name, coalesce(title, ''), coalesce(email, ''),
        coalesce(phone, ''), %(source)s, key, '', now(), 1
    FROM staged WHERE action = 'create'
"""
CHANGE = """
    UPDATE opportunities_contact old SET
        name = coalesce(staged.name, old.name),
        title = coalesce(staged.title, old.title),
        email = coalesce(staged.email, old.email),
        phone = coalesce(staged.phone, old.phone),
        account_id = coalesce(staged.account_id, old.account_id),
        external_id = coalesce(nullif(staged.key, ''), old.external_id),
        source = CASE WHEN staged.key <> '' THEN %(source)s ELSE old.source END,
        version = old.version + 1
    FROM staged WHERE staged.action = 'change' AND old.id = staged.target_id
"""


def take_contacts(chunk: Chunk) -> Counter[tuple[str, str]]:
    """Judge the staged contacts, and bring them in unless it is only a check."""
    values = chunk.values
    find_repeated(chunk)
    made = resolve_accounts(chunk)
    find_by_key(TABLE, chunk)
    execute(BY_PERSON, values)
    skip_merged(TABLE, values)
    execute(SAME_PERSON, values)
    execute(COMPARISON.compare, values)
    counts = decide(TABLE, chunk)
    if not chunk.is_dry:
        execute(COMPARISON.keep, values)
        execute(CREATE, values)
        execute(CHANGE, values)
        execute(COMPARISON.remember, values)
    taken = Counter({("contacts", action): rows for action, rows in counts.items()})
    return taken + Counter({("accounts", "create"): made})
