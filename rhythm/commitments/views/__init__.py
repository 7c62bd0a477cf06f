"""Pages of commitments, and what people do on them."""

from rhythm.commitments.views.actions import answer, drop, keep, new_date, undo_keep
from rhythm.commitments.views.pages import (
    commitment_create,
    commitment_detail,
    commitment_list,
    commitment_summary,
)

__all__ = [
    "answer",
    "commitment_create",
    "commitment_detail",
    "commitment_list",
    "commitment_summary",
    "drop",
    "keep",
    "new_date",
    "undo_keep",
]
