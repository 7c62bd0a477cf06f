"""Activities: found by their id in the source; on a deal or an account."""

from __future__ import annotations

from collections import Counter

from pipeline.imports.bulk.comparing import Compared, comparison, named, same
from pipeline.imports.bulk.references import resolve_accounts
from pipeline.imports.bulk.staging import (
    Chunk,
    decide,
    execute,
    find_by_key,
    find_repeated,
)

TABLE = "activities_activity"
COLUMNS = (
    "kind_id",
    "kind_name",
    "owner_id",
    "owner_name",
    "happened_at",
    "subject",
    "minutes",
    "deal_key",
    "account_key",
    "account_name",
)
ON_DEAL = """
    UPDATE staged SET deal_id = coalesce(
        (SELECT id FROM opportunities_opportunity found
            WHERE found.source = %(source)s AND found.external_id = staged.deal_key
                AND found.external_id <> ''),
        (SELECT target_id FROM imports_importrow found
            WHERE found.file_id = ANY(%(deal_files)s) AND found.kind = 'opportunities'
                AND found.key = staged.deal_key AND found.key <> '' LIMIT 1))
    WHERE deal_key IS NOT NULL AND problems IS NULL
"""
# The deal's account, when the row names none.
ACCOUNT_OF_DEAL = """
    UPDATE staged SET account_id = deal.account_id
    FROM opportunities_opportunity deal
    WHERE deal.id = staged.deal_id AND staged.account_id IS NULL
"""
ON_NOTHING = """
    UPDATE staged SET problems = jsonb_build_array(
        CASE WHEN deal_key IS NULL THEN %(on_nothing)s
            ELSE format(%(on_unknown)s, deal_key) END)
    WHERE deal_id IS NULL AND account_id IS NULL AND problems IS NULL AND skip = ''
"""
COMPARISON = comparison(
    TABLE,
    "activities",
    [
        Compared("outcome", "staged.subject", "old.outcome", keep={"subject": "NULL"}),
        same("minutes"),
        same("happened_at"),
        named("owner", "people_user", "staged.owner_name"),
        named("kind", "activities_activitykind", "staged.kind_name"),
    ],
)
CREATE = """
    INSERT INTO activities_activity (
        id, kind_id, owner_id, opportunity_id, account_id, happened_at, outcome,
        minutes, created_at, source, external_id, version
    )
    SELECT target_id, kind_id, owner_id, deal_id, account_id, happened_at,
        coalesce(subject, ''), minutes, now(), %(source)s, key, 1
    FROM staged WHERE action = 'create'
"""
CHANGE = """
    UPDATE activities_activity old SET
        outcome = coalesce(staged.subject, old.outcome),
        minutes = coalesce(staged.minutes, old.minutes),
        happened_at = coalesce(staged.happened_at, old.happened_at),
        owner_id = coalesce(staged.owner_id, old.owner_id),
        kind_id = coalesce(staged.kind_id, old.kind_id),
        version = old.version + 1
    FROM staged WHERE staged.action = 'change' AND old.id = staged.target_id
"""
# What the idle clock looks at.
LATEST = """
    UPDATE opportunities_opportunity deal SET last_activity_at = latest.happened_at
    FROM (
        SELECT deal_id, max(happened_at) AS happened_at FROM staged
        WHERE action IN ('create', 'change') AND deal_id IS NOT NULL GROUP BY deal_id
    ) latest
    WHERE deal.id = latest.deal_id AND latest.happened_at <= now()
        AND (deal.last_activity_at IS NULL
            OR deal.last_activity_at < latest.happened_at)
"""


def take_activities(chunk: Chunk) -> Counter[tuple[str, str]]:
    """Judge the staged activities, and bring them in unless it is only a check."""
    values = chunk.values
    find_repeated(chunk)
    made = resolve_accounts(chunk)
    for statement in (ON_DEAL, ACCOUNT_OF_DEAL, ON_NOTHING):
        execute(statement, values)
    find_by_key(TABLE, chunk)
    execute(COMPARISON.compare, values)
    counts = decide(TABLE, chunk)
    if not chunk.is_dry:
        execute(COMPARISON.keep, values)
        execute(CREATE, values)
        execute(CHANGE, values)
        execute(LATEST, values)
        execute(COMPARISON.remember, values)
    taken = Counter({("activities", action): rows for action, rows in counts.items()})
    return taken + Counter({("accounts", "create"): made})
