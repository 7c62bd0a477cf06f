"""The calendar by the clock: meetings are made, and found to be missed."""

from __future__ import annotations

from rhythm.calendar import services
from rhythm.ticks.models import Tick


def tick(begun: Tick) -> None:
    """Plan what is due, then mark what nobody began.

    In this order: what fell due in a silence is made first, and then missed.
    """
    services.plan_due(now=begun.at)
    services.mark_missed(now=begun.at)
