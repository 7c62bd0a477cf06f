"""Which flags ask somebody to act, and how many deals of whom show each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, Sum, Value

from pipeline.opportunities import flags
from pipeline.opportunities.flags import Flag
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from pipeline.opportunities.selectors.flag_filters import flagged
from rhythm.people.models import User

# In the order of flags.py. What is only worth knowing (big, new) asks nobody to act.
BAD = (
    flags.OVERDUE,
    flags.MILESTONES_MISSING,
    flags.SLIPPED,
    flags.MOVED_BACK,
)
WARN = (flags.STUCK, flags.IDLE, flags.NO_NEXT_STEP)
PRESSING = (*BAD, *WARN)


@dataclass(frozen=True)
class FlagCount:
    """How many deals show a flag, and where exactly these stand."""

    kind: str
    label: str
    count: int
    tone: str
    url: str


@dataclass(frozen=True)
class Tally:
    """How many deals, and their amounts together."""

    count: int = 0
    amount: Decimal = Decimal(0)


def flag_tone(kind: str) -> str:
    """Return "bad", "warn", or "" for a flag that asks nobody to act."""
    if kind in BAD:
        return "bad"
    return "warn" if kind in WARN else ""


def is_pressing(found: Iterable[Flag]) -> bool:
    """Return whether one of the flags asks somebody to act."""
    return any(each.kind in PRESSING for each in found)


def tallies(
    deals: OpportunityQuerySet, *, viewer: User, now: datetime
) -> dict[tuple[int, str], Tally]:
    """Return the tally by owner and kind of flag; kind "" is all of the open deals.

    The database counts what the filters of the table find, in one statement; telling
    a step back from a slip of the hand takes up to three before it.
    """
    parts = [_tally(deals.open(), "")]
    parts += [
        _tally(flagged(deals, kind, viewer=viewer, now=now), kind) for kind in PRESSING
    ]
    # A union takes no order of its own from the model.
    rows = parts[0].union(*parts[1:], all=True).order_by()
    return {
        (row["owner_id"], row["kind"]): Tally(row["n"], row["total"] or Decimal(0))
        for row in rows
    }


def _tally(deals: OpportunityQuerySet, kind: str) -> Any:
    return (
        deals.order_by()
        .values("owner_id", kind=Value(kind, output_field=CharField()))
        .annotate(n=Count("pk"), total=Sum("amount"))
    )
