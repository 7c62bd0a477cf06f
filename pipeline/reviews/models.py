"""The pipeline review: agenda, decisions, notes, minutes."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models import Opportunity
from pipeline.process.models import Stage
from rhythm.calendar.models import (
    BEFORE_ITS_END,
    IN_PROGRESS,
    Meeting,
    MeetingState,
    seen_by,
)
from rhythm.commitments.models import Commitment
from rhythm.people.models import User
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned


class Decision(models.TextChoices):
    """What a review says about a deal."""

    KEEP = "keep", _("Keep")
    ADVANCE = "advance", _("Advance")
    COACH = "coach", _("Coach")
    REQUALIFY = "requalify", _("Re-qualify")
    WALK_AWAY = "walk_away", _("Walk away")
    PARK = "park", _("Park")


class DealChange(models.TextChoices):
    """What a decision did to the deal itself."""

    MOVED = "moved", _("Moved")
    CLOSED = "closed", _("Closed")


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the reviews whose meeting `viewer` may see.

        What is shown of one follows each deal's own visibility: a rep sees the own
        deals of a team's review, its chair all.
        """
        return self.filter(seen_by(viewer, "meeting__"))

    def editable_by(self, editor: User) -> Self:
        """Return the reviews that `editor` chairs now."""
        return self.filter(meeting__in=Meeting.objects.chaired_by(editor))

    def with_meeting(self) -> Self:
        """Fetch along its meeting, and whom that names."""
        return self.select_related(
            "meeting__chair", "meeting__deputy", "meeting__team", "meeting__person"
        )

    def finished(self) -> Self:
        return self.filter(meeting__state=MeetingState.HELD)

    def in_progress(self) -> Self:
        return self.filter(meeting__state__in=IN_PROGRESS)

    def planned(self) -> Self:
        return self.filter(meeting__state=MeetingState.PLANNED)

    def current(self) -> Self:
        """Return those that are planned, running or paused."""
        return self.filter(meeting__state__in=BEFORE_ITS_END)

    def past(self) -> Self:
        """Return those that were held, abandoned, missed or called off."""
        return self.exclude(meeting__state__in=BEFORE_ITS_END)


def seconds_between(elapsed: int, running_since: datetime | None, now: datetime) -> int:
    """Return what a clock shows at `now` that rests or runs since a moment."""
    if running_since is None:
        return elapsed
    return elapsed + max(int((now - running_since).total_seconds()), 0)


class Review(Versioned):
    """A pipeline review, held in a meeting, which says when, with whom, its state."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="+")
    # The timer: seconds that ran before `running_since`, which is null while it rests.
    elapsed_seconds = models.PositiveIntegerField(default=0)
    running_since = models.DateTimeField(null=True, blank=True)
    # Where the chair is, for those who follow along.
    current_item = models.ForeignKey(
        "ReviewItem", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Since when the clock runs for that deal. Null while it rests.
    current_since = models.DateTimeField(null=True, blank=True)
    # Grows with every change of the review or its items; followers ask for it.
    pulse = models.PositiveBigIntegerField(default=1)
    abandon_reason = models.CharField(max_length=300, blank=True)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-meeting__starts_at", "-pk"]

    def __str__(self) -> str:
        return str(self.meeting)

    def get_absolute_url(self) -> str:
        return reverse("reviews:review_detail", args=[self.pk])

    def seconds_at(self, now: datetime) -> int:
        """Return how long it has run until `now`, without its rests."""
        return seconds_between(self.elapsed_seconds, self.running_since, now)


class ItemQuerySet(models.QuerySet["ReviewItem"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the items of reviews and of deals that `viewer` may both see."""
        return self.filter(
            review__in=Review.objects.visible_to(viewer),
        ).filter(
            Q(opportunity__in=Opportunity.objects.visible_to(viewer))
            | Q(review__meeting__in=Meeting.objects.chaired_by(viewer))
        )

    def editable_by(self, editor: User) -> Self:
        """Return the items of the reviews that `editor` chairs now."""
        return self.filter(review__in=Review.objects.editable_by(editor))

    def undecided(self) -> Self:
        """Return those on the agenda with neither a decision nor a reason to skip."""
        return self.filter(decision="", skip_reason="", is_exception=False)


@tracked(exclude=("version", "note_version", "seconds", "beat"))
class ReviewItem(Versioned):
    """A deal on a review's agenda. `version` guards its decision, not its note."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="items")
    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, related_name="review_items"
    )
    position = models.PositiveIntegerField()
    # Proposed as "exceptions only": there is no time for it unless somebody asks.
    is_exception = models.BooleanField(default=False)
    is_added_by_hand = models.BooleanField(default=False)
    # Why it is on the agenda, as found when the review began. Each is a dict with
    # `kind`, `text`, `since` (ISO date or null), `clears`, `tone`, `icon` and `short`.
    reasons = models.JSONField(default=list)
    # What changed is told from this moment on: its last review, or its creation.
    compare_since = models.DateTimeField()
    decision = models.CharField(max_length=9, choices=Decision, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # What goes with the decision: why it walks away, what to coach, what is for the
    # forecast call.
    decision_text = models.CharField(max_length=500, blank=True)
    skip_reason = models.CharField(max_length=300, blank=True)
    # What the decision did to the deal: between which stages, for the minutes in the
    # words of that day; and where it stood since when, so that it can be taken back.
    deal_change = models.CharField(max_length=6, choices=DealChange, blank=True)
    moved_from = models.CharField(max_length=80, blank=True)
    moved_to = models.CharField(max_length=80, blank=True)
    stage_before = models.ForeignKey(
        Stage, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    stage_since_before = models.DateTimeField(null=True, blank=True)
    # The dated commitment that the decision itself made.
    decision_commitment = models.ForeignKey(
        Commitment, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Shared: it stands in the minutes.
    note = models.TextField(blank=True, max_length=10_000)
    note_version = models.PositiveIntegerField(default=1, editable=False)
    # The questions that were asked, in their words of that day.
    asked = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    seconds = models.PositiveIntegerField(default=0)
    # The review's pulse when it last changed, so that followers get only what is new.
    beat = models.PositiveBigIntegerField(default=0, editable=False)
    commitments = models.ManyToManyField(Commitment, blank=True, related_name="+")

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["is_exception", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "opportunity"], name="deal_once_on_an_agenda"
            ),
            models.CheckConstraint(
                name="decision_by_whom_and_when",
                condition=Q(decision="", decided_by=None, decided_at=None)
                | (
                    ~Q(decision="")
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="decided_or_skipped",
                condition=Q(decision="") | Q(skip_reason=""),
            ),
        ]
        indexes = [
            # The last review of a deal.
            models.Index(
                fields=["opportunity", "-decided_at"],
                name="decisions_of_a_deal",
                condition=~Q(decision=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opportunity} in {self.review}"

    @property
    def is_done(self) -> bool:
        return bool(self.decision or self.skip_reason)


class PrivateNoteQuerySet(models.QuerySet["PrivateNote"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the notes that `viewer` wrote. Nobody else ever reads them."""
        return self.filter(author=viewer) if viewer.is_active else self.none()

    def editable_by(self, editor: User) -> Self:
        return self.visible_to(editor)


class PrivateNote(Versioned):
    """What a person notes for the own eyes: never in history, mail or export."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    text = models.TextField(max_length=10_000, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PrivateNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "author"], name="one_private_note_per_author"
            )
        ]

    def __str__(self) -> str:
        return "Private note"


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
