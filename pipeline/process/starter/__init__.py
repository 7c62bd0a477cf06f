"""Processes that a team selling to companies can use the same day."""

from pipeline.process.drafts import ProcessDraft
from pipeline.process.starter.new_business import NEW_BUSINESS
from pipeline.process.starter.renewal import RENEWAL

# The first one becomes the default of a new installation.
STARTERS: dict[str, ProcessDraft] = {
    "new-business": NEW_BUSINESS,
    "renewal": RENEWAL,
}

__all__ = ["NEW_BUSINESS", "RENEWAL", "STARTERS"]
