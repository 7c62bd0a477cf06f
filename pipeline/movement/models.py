"""Summaries by night: what was open, by owner and stage, when a day ended."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models

from pipeline.process.models import Process, Stage
from rhythm.people.models import User


class SummarisedDayQuerySet(models.QuerySet["SummarisedDay"]):
    def stale(self) -> Self:
        """Return the days whose summaries are missing or out of date."""
        return self.filter(is_stale=True)


class SummarisedDay(models.Model):
    """A day of the organisation's calendar that has summaries, or is to have them.

    The rows are the queue: a stale day waits for a worker.
    """

    day = models.DateField(primary_key=True)
    is_stale = models.BooleanField(default=True)
    # The last event and the last deal that were there when the day was planned. What
    # has a higher key and an earlier date has changed the past.
    last_event_id = models.BigIntegerField(default=0)
    last_opportunity_id = models.BigIntegerField(default=0)
    planned_at = models.DateTimeField()

    objects = SummarisedDayQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]
        indexes = [
            models.Index(
                fields=["-day"],
                name="days_to_summarise",
                condition=models.Q(is_stale=True),
            )
        ]

    def __str__(self) -> str:
        return self.day.isoformat()


class DaySummaryQuerySet(models.QuerySet["DaySummary"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the summaries of the people whose work `viewer` may see."""
        if viewer.is_active and viewer.sees_all:
            return self
        return self.filter(owner__in=User.objects.visible_to(viewer))


class DaySummary(models.Model):
    """What one owner had open at one stage when a day ended."""

    # In the organisation's calendar.
    day = models.DateField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    process = models.ForeignKey(
        Process, models.PROTECT, related_name="+", db_index=False
    )
    # Null where nobody knows it: a file brought the deal in when it was closed.
    stage = models.ForeignKey(Stage, models.CASCADE, null=True, related_name="+")
    deals = models.PositiveIntegerField()
    # The sum of the amounts, and of the amounts by the stage's probability.
    value = models.DecimalField(max_digits=18, decimal_places=2)
    weighted = models.DecimalField(max_digits=18, decimal_places=2)

    objects = DaySummaryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "owner", "process", "stage"],
                name="one_summary_a_day",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.deals}"
