"""Rows of deals: stage, amount, dates and the name that a person knows them by."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache
from typing import Any

from pipeline.imports.guessing import plain
from pipeline.imports.rows.accounts import NAME_LIMIT
from pipeline.imports.rows.layout import Cells, Layout, Parsed, StageRef
from rhythm.web.words import _

# A CRM that keeps the state beside the stage (Pipedrive) says it in one of these.
OUTCOME_WORDS = {
    "won": "won",
    "closedwon": "won",
    "gewonnen": "won",
    "lost": "lost",
    "closedlost": "lost",
    "verloren": "lost",
}
DELETED_WORDS = frozenset({"deleted", "archived"})


def read_deal(cells: Cells) -> Parsed:
    """Return a deal. What the file leaves empty is None, and nothing is made of it."""
    parsed = cells.parsed
    parsed.key = cells.key()
    if not parsed.key and not parsed.problems:
        cells.refuse(_("It has no id, so a repeated import could not find it again"))
    status = plain(cells.raw("status")) if cells.raw("status") else ""
    if cells.flag("is_deleted") or status in DELETED_WORDS:
        parsed.skip = _("Deleted in the CRM")
    stage, closed_from = _stage(cells, status)
    owner = cells.owner()
    values: dict[str, Any] = {
        "name": cells.line_of_text("name", NAME_LIMIT, needed=True),
        "account_key": cells.reference("account_key"),
        "account_name": cells.line_of_text("account_name", NAME_LIMIT, needed=True),
        "owner_id": owner and owner.id,
        "owner_name": owner and owner.name,
        "amount": cells.amount("amount"),
        "next_step": cells.line_of_text("next_step", 300),
        "next_step_on": cells.day("next_step_on"),
        "description": cells.long_text("description", 20_000),
        "close_reason": cells.line_of_text("close_reason", 500),
        "external_url": cells.link("external_url", 500),
        **_product(cells),
    }
    if stage is not None:
        values |= _stage_values(stage, closed_from) | _dates(cells, stage)
        if stage.outcome or values["amount"] is not None:
            values["standin"] = None
    values["first_name"] = values["name"] or _made_name(values, parsed.key)
    parsed.label = values["first_name"]
    parsed.detail = _detail(cells.layout, values)
    parsed.values = values
    return parsed


def _made_name(values: dict[str, Any], key: str) -> str:
    """Return a name where the file has none: account – product, or product – id."""
    account, product = values["account_name"], values["product_name"]
    parts = [account, product] if account and product else [account or product, key]
    return " – ".join(filter(None, parts))[:NAME_LIMIT]


def _detail(layout: Layout, values: dict[str, Any]) -> str:
    """Return stage, amount, dates and owner in a line."""
    amount, standin = values["amount"], values.get("standin")
    parts = [
        values.get("stage_name"),
        f"{amount:,}" if amount is not None else None,
        _("%(amount)s (list price)") % {"amount": f"{standin:,}"}
        if amount is None and standin is not None
        else None,
        layout.shown("from", values.get("opened_on")),
        layout.shown("closed" if values.get("outcome") else "closes", _close(values)),
        values["owner_name"],
    ]
    return " · ".join(filter(None, parts))


def _close(values: dict[str, Any]) -> date | None:
    found: date | None = values.get("closed_on") or values.get("close_on")
    return found


def _product(cells: Cells) -> dict[str, Any]:
    text = cells.raw("product")
    lookups = cells.layout.lookups
    if text and text not in lookups.products:
        cells.refuse(
            _("%(column)s: no product is chosen for %(text)s")
            % {"column": cells.column("product"), "text": text[:80]}
        )
    product = lookups.products.get(text)
    return {
        "product_id": product and product.id,
        "product_name": product and product.name,
        "standin": product.list_price if product and lookups.uses_list_price else None,
    }


def _stage(cells: Cells, status: str) -> tuple[StageRef | None, StageRef | None]:
    """Return the stage, and the open one it was closed from if the file says so."""
    text = cells.raw("stage")
    if not text:
        cells.refuse(_("It has no stage"))
        return None, None
    stage = cells.layout.lookups.stages.get(text)
    if stage is None:
        cells.refuse(
            _("%(column)s: no stage is chosen for %(text)s")
            % {"column": cells.column("stage"), "text": text[:80]}
        )
        return None, None
    outcome = OUTCOME_WORDS.get(status)
    closed = cells.layout.lookups.closed.get(outcome) if outcome else None
    if closed is None or stage.outcome:
        return stage, None
    return closed, stage


def _stage_values(stage: StageRef, closed_from: StageRef | None) -> dict[str, Any]:
    return {
        "stage_id": stage.id,
        "stage_name": stage.name,
        "process_id": stage.process_id,
        "outcome": stage.outcome,
        "closed_from_id": closed_from and closed_from.id,
    }


def _dates(cells: Cells, stage: StageRef) -> dict[str, Any]:
    """Return when it began, closes or closed, and came to its stage."""
    layout = cells.layout
    close = cells.day("close_on")
    expected = cells.day("expected_on")
    began = cells.day("opened_on")
    since = cells.moment("stage_since")
    closed_on = (close or expected) if stage.outcome else None
    if stage.outcome and closed_on is None and not cells.parsed.problems:
        cells.refuse(_("It is closed, but has no close date"))
    if began and closed_on:
        # Exports re-created records later than they closed: it began by then.
        began = min(began, closed_on)
    first = began or min(closed_on or layout.today, layout.today)
    return {
        "close_on": expected or close,
        "closed_on": closed_on,
        "opened_on": began,
        "first_opened_on": first,
        "stage_since": _since(layout, since, closed_on or first),
        "stated_since": since and min(since, layout.now),
    }


def _since(layout: Layout, since: datetime | None, day: date) -> datetime:
    """Return when it came to its stage: as stated, else when `day` began; not later."""
    return min(since or _start_of(day, layout.zone), layout.now)


@lru_cache(maxsize=10_000)
def _start_of(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
