"""Accounts: found by id, or by name when the file or the record has none."""

from __future__ import annotations

from collections import Counter

from pipeline.imports.bulk.comparing import Compared, comparison, same
from pipeline.imports.bulk.references import skip_merged
from pipeline.imports.bulk.staging import (
    Chunk,
    decide,
    execute,
    find_by_key,
    find_repeated,
)

TABLE = "opportunities_account"
COLUMNS = (
    "name",
    "website",
    "industry",
    "location",
    "external_url",
    "parent_key",
    "parent_name",
)

SAME_NAME = """
    UPDATE staged SET problems = jsonb_build_array(
        format(%(same_name)s, firsts.first))
    FROM (
        SELECT lower(name) AS name, min(line) AS first FROM staged
        WHERE key = '' AND problems IS NULL AND skip = ''
        GROUP BY lower(name) HAVING count(*) > 1
    ) firsts
    WHERE lower(staged.name) = firsts.name AND staged.line <> firsts.first
        AND staged.key = '' AND staged.problems IS NULL AND staged.skip = ''
"""
SAME_NAME_EARLIER = """
    UPDATE staged SET problems = jsonb_build_array(
        format(%(same_name)s, found.earlier))
    FROM (
        SELECT ctid, (
            SELECT earlier.line FROM imports_importrow earlier
            WHERE earlier.file_id = ANY(%(files)s) AND earlier.kind = 'accounts'
                AND earlier.name_key = left(lower(staged.name), 200)
                AND earlier.name_key <> ''
            ORDER BY earlier.file_id, earlier.line LIMIT 1) AS earlier
        FROM staged WHERE key = '' AND problems IS NULL OFFSET 0
    ) found
    WHERE found.ctid = staged.ctid AND found.earlier IS NOT NULL
"""
# One that is here without an id is the one meant: made by hand, or named on a deal.
BY_NAME = """
    UPDATE staged SET target_id = found.id
    FROM (
        SELECT DISTINCT ON (lower(name)) lower(name) AS name, id
        FROM opportunities_account
        WHERE lower(name) IN (
                SELECT lower(name) FROM staged
                WHERE target_id IS NULL AND problems IS NULL)
            AND (external_id = '' OR (source = %(source)s AND NOT %(has_keys)s))
            AND (merged_into_id IS NULL OR NOT %(has_keys)s)
        ORDER BY lower(name), merged_into_id IS NOT NULL, source <> %(source)s, id
    ) found
    WHERE staged.target_id IS NULL AND staged.problems IS NULL
        AND lower(staged.name) = found.name
        AND staged.line = (
            SELECT min(line) FROM staged other
            WHERE lower(other.name) = found.name AND other.problems IS NULL)
"""
COMPARISON = comparison(
    TABLE,
    "accounts",
    [
        *map(same, ("name", "website", "industry", "location", "external_url")),
        Compared(
            "external_id", "nullif(staged.key, '')", "old.external_id", is_files=True
        ),
    ],
)
CREATE = """
    INSERT INTO opportunities_account (
        id, name, website, industry, location, source, external_id, external_url,
        created_at, version
    )
    SELECT target_id, name, coalesce(website, ''), coalesce(industry, ''),
        coalesce(location, ''), %(source)s, key, coalesce(external_url, ''), now(), 1
    FROM staged WHERE action = 'create'
"""
CHANGE = """
    UPDATE opportunities_account old SET
        name = coalesce(staged.name, old.name),
        website = coalesce(staged.website, old.website),
        industry = coalesce(staged.industry, old.industry),
        location = coalesce(staged.location, old.location),
        external_url = coalesce(staged.external_url, old.external_url),
        external_id = coalesce(nullif(staged.key, ''), old.external_id),
        source = CASE WHEN staged.key <> '' THEN %(source)s ELSE old.source END,
        version = old.version + 1
    FROM staged WHERE staged.action = 'change' AND old.id = staged.target_id
"""
# Once all accounts of a file are known: which belongs to which.
PARENTS = """
    SELECT child.file_id, child.line, child.target_id AS id,
        account.parent_id AS old_id,
        coalesce(
            (SELECT parent.target_id FROM imports_importrow parent
                WHERE parent.file_id = ANY(%(account_files)s)
                    AND parent.kind = 'accounts' AND parent.key = child.link
                    AND parent.key <> '' LIMIT 1),
            (SELECT parent.target_id FROM imports_importrow parent
                WHERE parent.file_id = ANY(%(account_files)s)
                    AND parent.kind = 'accounts'
                    AND parent.name_key = lower(child.link)
                    AND parent.name_key <> '' LIMIT 1),
            (SELECT coalesce(parent.merged_into_id, parent.id)
                FROM opportunities_account parent
                WHERE parent.source = %(source)s AND parent.external_id = child.link
                    AND parent.external_id <> '')
        ) AS parent_id
    FROM imports_importrow child
    LEFT JOIN opportunities_account account ON account.id = child.target_id
    WHERE child.file_id = %(file)s AND child.kind = 'accounts' AND child.link <> ''
        AND child.action IN ('create', 'change', 'same', 'conflict')
        AND NOT EXISTS (
            -- The file says what it said last time: who changed it here was right.
            SELECT FROM imports_lastsaid last WHERE last.source = %(source)s
                AND last.kind = 'accounts' AND last.target_id = child.target_id
                AND last.values ->> 'parent' = child.link)
"""
SAY_PARENTS = f"""
    UPDATE imports_importrow row SET
        action = CASE WHEN row.action = 'same' THEN 'change' ELSE row.action END,
        changes = CASE WHEN row.action = 'create' THEN row.changes ELSE
            row.changes || jsonb_build_array(jsonb_build_object(
                'field', 'parent', 'old', (
                    SELECT name FROM opportunities_account WHERE id = parents.old_id),
                'new', row.link)) END
    FROM ({PARENTS}) parents
    WHERE row.file_id = parents.file_id AND row.kind = 'accounts'
        AND row.line = parents.line AND parents.parent_id IS NOT NULL
        AND parents.parent_id <> parents.id
        AND parents.parent_id IS DISTINCT FROM parents.old_id
"""  # noqa: S608 - joins two constants
SAY_NO_PARENT = f"""
    UPDATE imports_importrow row SET
        reasons = row.reasons || jsonb_build_array(
            format(%(no_parent)s, row.link))
    FROM ({PARENTS}) parents
    WHERE row.file_id = parents.file_id AND row.kind = 'accounts'
        AND row.line = parents.line AND parents.parent_id IS NULL
"""  # noqa: S608 - joins two constants
SET_PARENTS = f"""
    UPDATE opportunities_account account SET
        parent_id = parents.parent_id, version = account.version + 1
    FROM ({PARENTS}) parents
    WHERE account.id = parents.id AND parents.parent_id <> parents.id
        AND parents.parent_id IS DISTINCT FROM account.parent_id
"""  # noqa: S608 - joins two constants
REMEMBER_PARENTS = """
    UPDATE imports_lastsaid last
    SET values = last.values || jsonb_build_object('parent', child.link)
    FROM imports_importrow child
    WHERE child.file_id = %(file)s AND child.kind = 'accounts' AND child.link <> ''
        AND last.source = %(source)s AND last.kind = 'accounts'
        AND last.target_id = child.target_id
        AND last.values ->> 'parent' IS DISTINCT FROM child.link
"""


def take_accounts(chunk: Chunk) -> Counter[tuple[str, str]]:
    """Judge the staged accounts, and bring them in unless it is only a check."""
    values = chunk.values | {"has_keys": bool(chunk.file.mapping.get("external_id"))}
    find_repeated(chunk)
    execute(SAME_NAME, values)
    execute(SAME_NAME_EARLIER, values)
    find_by_key(TABLE, chunk)
    execute(BY_NAME, values)
    skip_merged(TABLE, values)
    execute(COMPARISON.compare, values)
    counts = decide(TABLE, chunk)
    if not chunk.is_dry:
        execute(COMPARISON.keep, values)
        execute(CREATE, values)
        execute(CHANGE, values)
        execute(COMPARISON.remember, values)
    return Counter({("accounts", action): rows for action, rows in counts.items()})


def link_parents(chunk: Chunk) -> int:
    """Say which account belongs to which; return how many rows that alone changed."""
    values = chunk.values
    if not {"parent_key", "parent_name"} & set(chunk.file.mapping):
        return 0
    same_before = _count_same(chunk)
    execute(SAY_NO_PARENT, values)
    execute(SAY_PARENTS, values)
    if not chunk.is_dry:
        execute(SET_PARENTS, values)
        execute(REMEMBER_PARENTS, values)
    return same_before - _count_same(chunk)


def _count_same(chunk: Chunk) -> int:
    return chunk.file.results.filter(kind="accounts", action="same").count()
