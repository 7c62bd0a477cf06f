"""Accounts and contacts that look alike and are not the same."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class DirectoryKind(models.TextChoices):
    ACCOUNTS = "accounts"
    CONTACTS = "contacts"


class KeptApart(models.Model):
    """That somebody said of two records: they are not duplicates."""

    kind = models.CharField(max_length=8, choices=DirectoryKind)
    # Their ids, the lower one first.
    low_id = models.BigIntegerField()
    high_id = models.BigIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "low_id", "high_id"], name="kept_apart_once"
            ),
            models.CheckConstraint(
                name="kept_apart_in_order", condition=Q(low_id__lt=F("high_id"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.low_id} and {self.high_id}"
