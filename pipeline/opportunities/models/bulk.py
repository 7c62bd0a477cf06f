"""What came of a change of many deals at once."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rhythm.people.models import User


class RowResult(models.TextChoices):
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Was so already")
    REFUSED = "refused", _("Refused")
    CONFLICT = "conflict", _("Changed by somebody else meanwhile")


class BulkRunQuerySet(models.QuerySet["BulkRun"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the person's own: what is refused says more than others may know."""
        return self.filter(by=viewer) if viewer.is_active else self.none()

    def editable_by(self, editor: User) -> Self:
        """Return none: what came of something does not change."""
        return self.none()


class BulkRun(models.Model):
    """One change of many deals, each by itself, by one person."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # What was done, in words: "Owner: Rita Reyes".
    what = models.CharField(max_length=400)
    # `{"deal", "result", "text"}` each, in the order in which they were done: the
    # deal's id, a RowResult, and what changed or why not.
    rows = models.JSONField(default=list)
    created_at = models.DateTimeField()
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["by", "created_at"], name="bulk_runs_of_one")]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("opportunities:bulk_run", args=[self.pk])
