"""What stands beside an item: private notes, and corrections of its minutes."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from pipeline.reviews.models.reviews import ReviewItem
from rhythm.calendar.models import OwnNote, OwnNoteQuerySet


class PrivateNote(OwnNote):
    """What a person notes of a deal for the own eyes."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="+")

    objects = OwnNoteQuerySet["PrivateNote"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "author"], name="one_private_note_per_author"
            )
        ]


class Correction(models.Model):
    """A change to a finished review: what, by whom, why. Shown under the minutes."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="corrections")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # What it said before: `decision`, `decision_text`, `skip_reason` and `note`.
    before = models.JSONField()
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Correction of {self.item}"
