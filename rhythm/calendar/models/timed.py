"""What the course of every meeting has, whatever it goes through."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models

from rhythm.calendar.models.meeting import Meeting, seen_by
from rhythm.people.models import User
from rhythm.web.versions import Versioned


def seconds_between(elapsed: int, running_since: datetime | None, now: datetime) -> int:
    """Return what a clock shows at `now` that rests or runs since a moment."""
    if running_since is None:
        return elapsed
    return elapsed + max(int((now - running_since).total_seconds()), 0)


class TimedQuerySet[M: models.Model](models.QuerySet[M]):
    def visible_to(self, viewer: User) -> Self:
        """Return those whose meeting `viewer` may see.

        What is shown of one follows each part's own visibility; its chair sees all.
        """
        return self.filter(seen_by(viewer, "meeting__"))

    def editable_by(self, editor: User) -> Self:
        """Return those whose meeting `editor` runs now."""
        return self.filter(meeting__in=Meeting.objects.chaired_by(editor))

    def with_meeting(self) -> Self:
        """Fetch along its meeting, and whom and what that names."""
        return self.select_related(
            "meeting__chair",
            "meeting__deputy",
            "meeting__team",
            "meeting__person",
            "meeting__cadence",
        )


class Timed(models.Model):
    """The course of one meeting, which says when, with whom, its state.

    Each kind says what it goes through: `current_item`, where the chair is, for those
    who follow along.
    """

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="+")
    # The timer: seconds that ran before `running_since`, which is null while it rests.
    elapsed_seconds = models.PositiveIntegerField(default=0)
    running_since = models.DateTimeField(null=True, blank=True)
    # Since when the clock runs for the present part. Null while it rests.
    current_since = models.DateTimeField(null=True, blank=True)
    # Grows with every change of it or its parts; those who follow along ask for it.
    pulse = models.PositiveBigIntegerField(default=1)
    abandon_reason = models.CharField(max_length=300, blank=True)

    current_item_id: int | None

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.meeting)

    def seconds_at(self, now: datetime) -> int:
        """Return how long it has run until `now`, without its rests."""
        return seconds_between(self.elapsed_seconds, self.running_since, now)

    def present(self) -> models.QuerySet[Any]:
        """Return the part that the chair is at, as a query of at most one."""
        part: Any = self._meta.get_field("current_item").related_model
        found: models.QuerySet[Any] = part.objects.filter(pk=self.current_item_id or 0)
        return found


class TimedPart(Versioned):
    """A part of a course. `version` guards what it is, not its note."""

    # How long the clock ran for it, without the time since it was last come to.
    seconds = models.PositiveIntegerField(default=0)
    # Shared: it stands in the minutes.
    note = models.TextField(blank=True, max_length=10_000)
    note_version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class OwnNoteQuerySet[M: models.Model](models.QuerySet[M]):
    def visible_to(self, viewer: User) -> Self:
        """Return the notes that `viewer` wrote. Nobody else ever reads them."""
        return self.filter(author=viewer) if viewer.is_active else self.none()

    def editable_by(self, editor: User) -> Self:
        return self.visible_to(editor)


class OwnNote(Versioned):
    """What a person notes of an `item` for the own eyes: never in history or mail."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    text = models.TextField(max_length=10_000, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return "Private note"
