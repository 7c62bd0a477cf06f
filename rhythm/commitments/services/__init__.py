"""Changes to commitments: made, kept, given a new date, dropped, handed over."""

from rhythm.commitments.services.dates import (
    answer_date_request,
    ask_new_date,
    renew,
)
from rhythm.commitments.services.making import drop, hand_over, keep, make, undo_keep

__all__ = [
    "answer_date_request",
    "ask_new_date",
    "drop",
    "hand_over",
    "keep",
    "make",
    "renew",
    "undo_keep",
]
