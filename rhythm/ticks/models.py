"""Ticks: the clock's heartbeat, and what time it is for whatever happens by it."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from rhythm.people.models import User


class TickQuerySet(models.QuerySet["Tick"]):
    def visible_to(self, viewer: User) -> Self:
        """Return all for admins, none for others."""
        return self if viewer.is_active and viewer.is_admin else self.none()

    def editable_by(self, editor: User) -> Self:
        """Return none: a tick is what happened."""
        return self.none()

    def finished(self) -> Self:
        """Return those that came to their end, whatever failed on the way."""
        return self.exclude(finished_at=None)


class Tick(models.Model):
    """One beat of the clock.

    `at` is the time of day that business is done by: what is due, what is over, what a
    mail says. It is the real time, unless the installation simulates a clock. How long
    something took, and who holds what, is told by the database's own clock.
    """

    at = models.DateTimeField()
    # That of the tick before it. Null: there was none.
    previous_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    # The names of those ticks of apps that failed.
    failed = ArrayField(models.CharField(max_length=100), default=list)

    objects = TickQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # What is old is removed by it, and the last is asked for by pages.
            models.Index(fields=["started_at"], name="ticks_by_time"),
        ]

    def __str__(self) -> str:
        return f"Tick {self.pk} at {self.at}"
