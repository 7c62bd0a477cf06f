"""The calendar by the clock: meetings are made, reminded of, and found missed."""

from __future__ import annotations

from django.db import transaction

from rhythm.calendar import services
from rhythm.ticks.models import Tick


def tick(begun: Tick) -> None:
    """Plan what is due, mark what nobody began, then remind of what is near.

    In this order: what fell due in a silence is made first, and then missed.
    """
    services.plan_due(now=begun.at)
    with transaction.atomic():
        services.tell_missed(services.mark_missed(now=begun.at), now=begun.at)
    services.remind_due(now=begun.at)
