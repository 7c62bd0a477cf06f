"""Meetings outside the page: secret addresses, invitations, the pre-read."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from rhythm.calendar.models import Meeting


class CalendarFeed(models.Model):
    """Lets whoever knows the secret address read when one person has meetings."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    # Of the token only this is kept.
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Calendar address of {self.user}"

    @property
    def mark(self) -> str:
        """Return what tells it from the one before and the one after."""
        return self.made_at.isoformat()


class Invitation(models.Model):
    """What a person's own calendar was last told of a meeting, by mail."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # Grows with every mail about it to this person: a calendar takes the highest.
    sequence = models.PositiveIntegerField()
    # What it said.
    starts_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    name_sha256 = models.CharField(max_length=64)
    # That it does not take place, or not with this person.
    is_off = models.BooleanField(default=False)
    # The meeting's own sequence when it was last looked at. Null: it was not yet.
    seen_sequence = models.PositiveIntegerField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user"], name="one_invitation_to_a_meeting"
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], name="invitations_by_time")]

    def __str__(self) -> str:
        return f"Invitation {self.meeting_id}:{self.user_id}:{self.sequence}"


class Preread(models.Model):
    """That the pre-read of a meeting went out, so that it goes out once.

    One that was moved to another time has another one for that.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="+")
    # When the meeting was to begin then.
    starts_at = models.DateTimeField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "starts_at"], name="one_pre_read_for_each_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Pre-read {self.meeting_id}"


class PrereadReader(models.Model):
    """That somebody has read the pre-read of a meeting; its chair sees it."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="+")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "reader"], name="pre_read_once_by_each"
            ),
        ]

    def __str__(self) -> str:
        return f"Pre-read {self.meeting_id}:{self.reader_id}"
