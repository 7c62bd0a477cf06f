"""What minutes are made of, ready to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.opportunities.reasons import Reason
from pipeline.opportunities.selectors.history import Change
from pipeline.reviews.words import Look


@dataclass(frozen=True)
class Said:
    """What the minutes said before a correction."""

    by: str
    at: datetime
    reason: str
    # Label and former words, of what was corrected.
    before: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Promised:
    """A commitment as the minutes tell it."""

    what: str
    who: str
    to_whom: str
    due: str
    state: str
    about: str = ""
    promiser_id: int = 0
    receiver_id: int = 0


@dataclass(frozen=True)
class Told:
    """One deal in the minutes."""

    pk: int
    version: int
    title: str
    deal: str
    url: str
    owner: str
    owner_id: int
    amount: str
    is_list_price: bool
    look: Look | None
    text: str
    skip_reason: str
    # "Propose → Negotiate" when the decision moved or closed it.
    moved: str
    reasons: Sequence[Reason]
    # What its owner wrote before the review, each with its heading.
    prepared: Sequence[tuple[str, str]]
    asked: Sequence[str]
    note: str
    commitments: Sequence[Promised]
    # What had changed between the review before and this one, the latest first.
    changes: Sequence[Change]
    corrections: Sequence[Said]
    is_parked: bool
    seconds: int

    @property
    def minutes(self) -> int:
        return round(self.seconds / 60)


@dataclass(frozen=True)
class Minutes:
    """What one reader may know of a review."""

    pk: int
    subject: str
    chair: str
    day: str
    clock: str
    took: int
    state: str
    is_held: bool
    abandon_reason: str
    # All that the chair sees, or the own part only.
    is_whole: bool
    counts: Sequence[tuple[Look, int]]
    items: Sequence[Told]
    # Exceptions that nobody asked about.
    untouched: int
    # Commitments of the reader at deals that the reader does not see.
    others: Sequence[Promised]

    @property
    def parked(self) -> list[Told]:
        """Return what the forecast call should look at."""
        return [each for each in self.items if each.is_parked]

    @property
    def commitments(self) -> list[Promised]:
        """Return every commitment, those due first first."""
        return [made for each in self.items for made in each.commitments] + list(
            self.others
        )
