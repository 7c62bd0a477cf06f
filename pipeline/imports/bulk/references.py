"""Which account a row means, by its id in the source or by its name.

An account may be in the files, or here already, or only named on a deal: then it is
made, and the results say that no file has it.
"""

from __future__ import annotations

from typing import Any

from pipeline.imports.bulk.staging import Chunk, execute

KEY_IN_FILES = """(
    SELECT target_id FROM imports_importrow found
    WHERE found.file_id = ANY(%(account_files)s) AND found.kind = 'accounts'
        AND found.key = staged.account_key AND found.key <> ''
    LIMIT 1)"""
KEY_HERE = """(
    SELECT coalesce(found.merged_into_id, id) FROM opportunities_account found
    WHERE found.source = %(source)s AND found.external_id = staged.account_key
        AND found.external_id <> '')"""
NAME_IN_FILES = """(
    SELECT target_id FROM imports_importrow found
    WHERE found.file_id = ANY(%(account_files)s) AND found.kind = 'accounts'
        AND found.name_key = left(lower(staged.account_name), 200)
        AND found.name_key <> ''
    ORDER BY file_id, line LIMIT 1)"""
# In the same case first.
NAME_HERE = """(
    SELECT coalesce(found.merged_into_id, id) FROM opportunities_account found
    WHERE lower(found.name) = lower(staged.account_name)
    ORDER BY found.name <> staged.account_name, merged_into_id IS NOT NULL,
        source <> %(source)s, id
    LIMIT 1)"""
# Each account is looked for once, though many rows name it.
SET_KNOWN = f"""
    UPDATE staged SET account_id = found.id
    FROM (
        SELECT account_key, account_name,
            coalesce({KEY_IN_FILES}, {KEY_HERE}, {NAME_IN_FILES}, {NAME_HERE}) AS id
        FROM (SELECT DISTINCT account_key, account_name FROM staged) staged OFFSET 0
    ) found
    WHERE found.id IS NOT NULL
        AND coalesce(staged.account_key, '') = coalesce(found.account_key, '')
        AND coalesce(staged.account_name, '') = coalesce(found.account_name, '')
"""  # noqa: S608 - joins constants
# Rows that are brought in make the account, and all that name it are on it.
SET_UNKNOWN = """
    WITH made AS MATERIALIZED (
        SELECT lower(account_name) AS name, nextval(
            (SELECT pg_get_serial_sequence('opportunities_account', 'id'))) AS id
        FROM staged
        WHERE account_id IS NULL AND account_name IS NOT NULL AND problems IS NULL
            AND skip = ''
        GROUP BY lower(account_name)
    )
    UPDATE staged SET account_id = made.id, is_account_new = true
    FROM made
    WHERE staged.account_id IS NULL AND lower(staged.account_name) = made.name
"""
UNKNOWN = """
    SELECT DISTINCT ON (account_id) line, account_id, account_name,
        coalesce(account_key, '') AS account_key
    FROM staged WHERE is_account_new AND problems IS NULL AND skip = ''
    ORDER BY account_id, line
"""
SAY_MADE = f"""
    INSERT INTO imports_importrow (
        file_id, kind, line, action, label, key, name_key, target_id, link, detail,
        reasons, changes
    )
    SELECT %(file)s, 'accounts', line, 'create', account_name, account_key,
        left(lower(account_name), 200), account_id, '', '',
        jsonb_build_array(%(named_here)s::text), '[]'
    FROM ({UNKNOWN}) made
"""  # noqa: S608 - joins constants
MAKE_UNKNOWN = f"""
    INSERT INTO opportunities_account (
        id, name, website, industry, location, source, external_id, external_url,
        created_at, version
    )
    SELECT account_id, account_name, '', '', '', %(source)s, account_key, '', now(), 1
    FROM ({UNKNOWN}) made
"""  # noqa: S608 - joins constants
SAY_UNKNOWN = """
    UPDATE staged SET notes = notes || to_jsonb(
        format(%(no_account)s, account_key))
    WHERE account_id IS NULL AND account_key IS NOT NULL
"""


# A record that was merged here into another: that one follows its own row.
SKIP_MERGED = """
    UPDATE staged SET skip = format(%(merged)s, into_one.name)
    FROM {table} gone JOIN {table} into_one ON into_one.id = gone.merged_into_id
    WHERE gone.id = staged.target_id AND staged.problems IS NULL AND staged.skip = ''
"""


def skip_merged(table: str, values: dict[str, Any]) -> None:
    """Leave out the rows whose record was merged into another one here, and say so."""
    execute(SKIP_MERGED.replace("{table}", table), values)


def resolve_accounts(chunk: Chunk) -> int:
    """Fill `account_id`; return how many accounts are made that no file has."""
    values: dict[str, Any] = chunk.values
    execute(SET_KNOWN, values)
    made = 0
    if execute(SET_UNKNOWN, values):
        made = execute(SAY_MADE, values)
        if not chunk.is_dry:
            execute(MAKE_UNKNOWN, values)
    execute(SAY_UNKNOWN, values)
    return made
