"""Deals: found by their id in the source. A stage comes as the file says, not gated."""

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

TABLE = "opportunities_opportunity"
COLUMNS = (
    "name",
    "first_name",
    "account_key",
    "account_name",
    "owner_id",
    "owner_name",
    "stage_id",
    "stage_name",
    "process_id",
    "outcome",
    "closed_from_id",
    "product_id",
    "product_name",
    "amount",
    "standin",
    "close_on",
    "closed_on",
    "opened_on",
    "first_opened_on",
    "stage_since",
    "stated_since",
    "next_step",
    "next_step_on",
    "description",
    "close_reason",
    "external_url",
)
# The list price stands in only where nobody has stated an amount.
NEW_AMOUNT = """CASE
    WHEN staged.amount IS NOT NULL THEN staged.amount
    WHEN staged.standin IS NOT NULL
        AND (old.amount IS NULL OR old.amount_source = 'list_price') THEN staged.standin
    END"""
NEW_SOURCE = """CASE
    WHEN staged.amount IS NOT NULL THEN 'stated'
    WHEN staged.standin IS NOT NULL
        AND (old.amount IS NULL OR old.amount_source = 'list_price') THEN 'list_price'
    END"""
HAS_PRODUCT = """EXISTS (
    SELECT 1 FROM opportunities_opportunity_products through
    WHERE through.opportunity_id = old.id AND through.product_id = {product})"""
HAS_FILES_PRODUCT = HAS_PRODUCT.replace("{product}", "staged.product_id")
HAS_LAST_PRODUCT = HAS_PRODUCT.replace(
    "{product}", "(last.values -> 'product')::bigint"
)
HAS_ANY_PRODUCT = HAS_PRODUCT.replace("{product}", "through.product_id")
# What is closed or open, and from where, goes with the stage.
STAGE = named(
    "stage",
    "process_stage",
    "staged.stage_name",
    keep={
        name: f"old.{name}"
        for name in ("stage_id", "process_id", "outcome", "closed_on", "closed_from_id")
    },
)
AMOUNT = Compared(
    "amount",
    f"({NEW_AMOUNT})",
    "old.amount",
    said="staged.amount",
    unedited="""(old.amount IS NULL AND last.values -> 'amount' IS NULL
        OR old.amount_source = 'list_price'
        OR last.values -> 'amount' = to_jsonb(old.amount))""",
    keep={"amount": "NULL", "standin": "NULL"},
)
COMPARISON = comparison(
    TABLE,
    "opportunities",
    [
        # A name that the import made up is no edit.
        Compared(
            "name",
            "staged.name",
            "old.name",
            said="coalesce(staged.name, staged.first_name)",
            keep={"name": "NULL"},
        ),
        named(
            "account",
            "opportunities_account",
            "coalesce(staged.account_name, staged.account_key)",
        ),
        named("owner", "people_user", "staged.owner_name"),
        STAGE,
        AMOUNT,
        Compared(
            "amount_source",
            f"({NEW_SOURCE})",
            "old.amount_source",
            follows=AMOUNT,
            is_files=True,
        ),
        Compared(
            "closed_on",
            "staged.closed_on",
            "old.closed_on",
            follows=STAGE,
            keep={"closed_on": "old.closed_on"},
        ),
        # Nobody edits it here, and without one in the file the import makes it up.
        Compared("opened_on", "staged.opened_on", "old.opened_on", is_files=True),
        *map(
            same,
            (
                "close_on",
                "next_step",
                "next_step_on",
                "description",
                "close_reason",
                "external_url",
            ),
        ),
        Compared(
            "product",
            f"CASE WHEN NOT {HAS_FILES_PRODUCT} THEN staged.product_id END",
            "NULL",
            "staged.product_name",
            """(SELECT string_agg(product.name, ', ' ORDER BY product.name)
                FROM opportunities_opportunity_products through
                JOIN opportunities_product product ON product.id = through.product_id
                WHERE through.opportunity_id = old.id)""",
            said="staged.product_id",
            named_in="opportunities_product",
            unedited=f"({HAS_LAST_PRODUCT} OR last.values -> 'product' IS NULL"
            f" AND NOT {HAS_ANY_PRODUCT})",
            keep={"product_id": "NULL"},
        ),
    ],
)
CREATE = """
    INSERT INTO opportunities_opportunity (
        id, name, account_id, owner_id, process_id, stage_id, stage_since, is_gated,
        move_reason, is_override, amount, amount_source, close_on, next_step,
        next_step_on, description, outcome, closed_on, close_reason, closed_from_id,
        opened_on, created_at, source, external_id, external_url, version
    )
    SELECT target_id, first_name, account_id, owner_id, process_id, stage_id,
        stage_since, false, '', false, coalesce(amount, standin),
        CASE WHEN amount IS NULL AND standin IS NOT NULL
            THEN 'list_price' ELSE 'stated' END,
        close_on, coalesce(next_step, ''), next_step_on, coalesce(description, ''),
        outcome, closed_on, coalesce(close_reason, ''), closed_from_id,
        first_opened_on, now(), %(source)s, key, coalesce(external_url, ''), 1
    FROM staged WHERE action = 'create'
"""
# A deal that changes its stage comes to it now, unless the file says when.
CHANGE = f"""
    UPDATE opportunities_opportunity old SET
        name = coalesce(staged.name, old.name),
        account_id = coalesce(staged.account_id, old.account_id),
        owner_id = coalesce(staged.owner_id, old.owner_id),
        process_id = staged.process_id,
        stage_id = staged.stage_id,
        stage_since = CASE
            WHEN staged.stage_id = old.stage_id THEN old.stage_since
            WHEN staged.outcome <> '' THEN staged.stage_since
            ELSE coalesce(staged.stated_since, now()) END,
        is_gated = old.is_gated AND staged.stage_id = old.stage_id,
        move_reason = CASE WHEN staged.stage_id = old.stage_id
            THEN old.move_reason ELSE '' END,
        is_override = old.is_override AND staged.stage_id = old.stage_id,
        amount = coalesce(({NEW_AMOUNT}), old.amount),
        amount_source = coalesce(({NEW_SOURCE}), old.amount_source),
        close_on = coalesce(staged.close_on, old.close_on),
        next_step = coalesce(staged.next_step, old.next_step),
        next_step_on = coalesce(staged.next_step_on, old.next_step_on),
        description = coalesce(staged.description, old.description),
        close_reason = coalesce(staged.close_reason, old.close_reason),
        external_url = coalesce(staged.external_url, old.external_url),
        outcome = staged.outcome,
        closed_on = staged.closed_on,
        closed_from_id = CASE
            WHEN staged.outcome = '' THEN NULL
            WHEN staged.closed_from_id IS NOT NULL THEN staged.closed_from_id
            WHEN old.outcome = '' THEN old.stage_id
            ELSE old.closed_from_id END,
        opened_on = coalesce(staged.opened_on, old.opened_on),
        version = old.version + 1
    FROM staged WHERE staged.action = 'change' AND old.id = staged.target_id
"""  # noqa: S608 - joins constants
DROP_PRODUCTS = """
    DELETE FROM opportunities_opportunity_products through USING staged
    WHERE staged.action = 'change' AND through.opportunity_id = staged.target_id
        AND staged.product_id IS NOT NULL AND through.product_id <> staged.product_id
        AND staged.changes @> '[{"field": "product"}]'
"""
ADD_PRODUCTS = """
    INSERT INTO opportunities_opportunity_products (opportunity_id, product_id)
    SELECT target_id, product_id FROM staged
    WHERE product_id IS NOT NULL AND action IN ('create', 'change')
    ON CONFLICT DO NOTHING
"""


def take_deals(chunk: Chunk) -> Counter[tuple[str, str]]:
    """Judge the staged deals, and bring them in unless it is only a check."""
    values = chunk.values
    find_repeated(chunk)
    made = resolve_accounts(chunk)
    find_by_key(TABLE, chunk)
    execute(COMPARISON.compare, values)
    counts = decide(TABLE, chunk)
    if not chunk.is_dry:
        execute(COMPARISON.keep, values)
        execute(CREATE, values)
        if counts["change"]:
            execute(CHANGE, values)
            execute(DROP_PRODUCTS, values)
        execute(ADD_PRODUCTS, values)
        execute(COMPARISON.remember, values)
    taken = Counter(
        {("opportunities", action): rows for action, rows in counts.items()}
    )
    return taken + Counter({("accounts", "create"): made})
