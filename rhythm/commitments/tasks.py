"""Commitments by the clock: due today, and not kept."""

from __future__ import annotations

from rhythm.commitments import reminding
from rhythm.ticks.models import Tick
from rhythm.ticks.services import begins


def tick(begun: Tick) -> None:
    """Tell whose commitments are due, and to whom what was promised is overdue."""
    if begins(begun, reminding.EVERY):
        reminding.remind(now=begun.at)
