"""Rows of activities: what somebody did, when, and on which deal or account."""

from __future__ import annotations

from pipeline.imports.rows.accounts import NAME_LIMIT
from pipeline.imports.rows.layout import Cells, Parsed
from rhythm.web.words import _

DAY_MINUTES = 24 * 60


def read_activity(cells: Cells) -> Parsed:
    """Return an activity. It needs a moment, a person, and a deal or an account."""
    parsed = cells.parsed
    parsed.key = cells.key()
    if not parsed.key and not parsed.problems:
        cells.refuse(_("It has no id, so a repeated import could not find it again"))
    if cells.flag("is_deleted"):
        parsed.skip = _("Deleted in the CRM")
    happened = cells.moment("happened_at")
    if happened is None and not parsed.problems:
        cells.refuse(_("It has no date"))
    owner = cells.owner()
    kinds = cells.layout.lookups.activity_kinds
    kind = kinds.get(cells.raw("kind")) or kinds.get("")
    if kind is None:
        cells.refuse(_("There is no activity kind for it"))
    subject = cells.line_of_text("subject", 500)
    parsed.label = subject or (kind.name if kind else "")
    said = [kind.name if kind else None, owner.name if owner else None]
    if happened:
        said.insert(1, f"{happened:%Y-%m-%d}")
    parsed.detail = " · ".join(filter(None, said))
    parsed.values = {
        "kind_id": kind and kind.id,
        "kind_name": kind and kind.name,
        "owner_id": owner and owner.id,
        "owner_name": owner and owner.name,
        "happened_at": happened,
        "subject": subject,
        "minutes": _minutes(cells),
        "deal_key": cells.reference("deal_key"),
        "account_key": cells.reference("account_key"),
        "account_name": cells.line_of_text("account_name", NAME_LIMIT),
    }
    return parsed


def _minutes(cells: Cells) -> int | None:
    found = cells.amount("minutes")
    return int(found) if found and 1 <= found <= DAY_MINUTES else None
