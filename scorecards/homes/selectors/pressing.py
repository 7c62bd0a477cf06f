"""Which flags ask somebody to act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.opportunities import flags
from pipeline.opportunities.flags import Flag

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


def flag_tone(kind: str) -> str:
    """Return "bad", "warn", or "" for a flag that asks nobody to act."""
    if kind in BAD:
        return "bad"
    return "warn" if kind in WARN else ""


def is_pressing(found: Iterable[Flag]) -> bool:
    """Return whether one of the flags asks somebody to act."""
    return any(each.kind in PRESSING for each in found)
