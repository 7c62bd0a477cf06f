"""Rows of stage history: which deal came to which stage, and when."""

from __future__ import annotations

from datetime import UTC

from pipeline.imports.rows.layout import Cells, Parsed
from rhythm.web.words import _


def read_history(cells: Cells) -> Parsed:
    """Return that a deal came to a stage. It needs all three of deal, stage, moment."""
    parsed = cells.parsed
    parsed.key = cells.key()
    if cells.flag("is_deleted"):
        parsed.skip = _("Deleted in the CRM")
    deal = cells.reference("deal_key")
    if deal is None:
        cells.refuse(_("It names no deal"))
    text = cells.raw("stage")
    stage = cells.layout.lookups.stages.get(text)
    if stage is None:
        cells.refuse(
            _("No stage is chosen for %(name)s") % {"name": text[:80]}
            if text
            else _("It has no stage")
        )
    happened = cells.moment("happened_at")
    if happened is None and not parsed.problems:
        cells.refuse(_("It has no date"))
    parsed.label = deal or ""
    if stage and happened:
        parsed.detail = f"{stage.name} · {happened:%Y-%m-%d %H:%M}"
    parsed.values = {
        "deal_key": deal,
        "stage_id": stage and stage.id,
        "happened_at": happened,
        # Kept with the result, for when all of a deal's history is known.
        "parent_key": happened
        and stage
        and f"{stage.id} {happened.astimezone(UTC).isoformat()}",
    }
    return parsed
