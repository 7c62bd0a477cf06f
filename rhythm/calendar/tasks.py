"""The calendar by the clock: meetings are made, reminded of, and found missed."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from rhythm.calendar import services
from rhythm.calendar.models import Meeting
from rhythm.ticks.models import Tick
from rhythm.ticks.services import begins

# So often it is looked for what was missed and never explained.
NAG_EVERY = timedelta(minutes=15)


def tick(begun: Tick) -> None:
    """Plan what is due, mark what nobody began, then remind of what is near.

    In this order: what fell due in a silence is made first, and then missed.
    """
    services.plan_due(now=begun.at)
    if Meeting.objects.to_be_missed(begun.at).exists():
        with transaction.atomic():
            services.tell_missed(services.mark_missed(now=begun.at), now=begun.at)
    services.remind_due(now=begun.at)
    if begins(begun, NAG_EVERY):
        services.nag(now=begun.at)
