"""Ticks of the clock."""

from __future__ import annotations

import factory
from django.utils import timezone

from rhythm.ticks.models import Tick


class TickFactory(factory.django.DjangoModelFactory):
    """A tick that has just begun, at the real time."""

    class Meta:
        model = Tick

    at = factory.LazyFunction(timezone.now)
    previous_at = factory.LazyFunction(
        lambda: Tick.objects.values_list("at", flat=True).first()
    )
