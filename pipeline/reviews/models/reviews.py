"""The pipeline review and its agenda: reasons, preparation, decisions, notes."""

from __future__ import annotations

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
    Timed,
    TimedPart,
    TimedQuerySet,
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


# What holds for an item whose owner has said what the review needs. Where no help is
# needed, there is nothing to write.
PREPARED = ~Q(prep_changed="") & ~Q(prep_next="")


class DealChange(models.TextChoices):
    """What a decision did to the deal itself."""

    MOVED = "moved", _("Moved")
    CLOSED = "closed", _("Closed")


class ReviewQuerySet(TimedQuerySet["Review"]):
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


class Review(Timed, Versioned):
    """A pipeline review, held in a meeting."""

    current_item = models.ForeignKey(
        "ReviewItem", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # When its people were told on its day what was still empty. Null: not yet.
    nudged_at = models.DateTimeField(null=True, blank=True, editable=False)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-meeting__starts_at", "-pk"]

    def get_absolute_url(self) -> str:
        return reverse("reviews:review_detail", args=[self.pk])


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


# Without what is kept while somebody types.
UNTRACKED = (
    *("version", "note_version", "seconds", "beat"),
    *("prep_changed", "prep_next", "prep_help"),
    *("prep_version", "prepared_by", "prepared_at"),
)


@tracked(exclude=UNTRACKED)
class ReviewItem(TimedPart):
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
    # What the deal's owner wrote before the review, for all who read the item.
    prep_changed = models.CharField(_("what changed"), max_length=300, blank=True)
    prep_next = models.CharField(_("customer's next"), max_length=300, blank=True)
    prep_help = models.CharField(_("help"), max_length=300, blank=True)
    prep_version = models.PositiveIntegerField(default=1, editable=False)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    prepared_at = models.DateTimeField(null=True, blank=True)
    # The questions that were asked, in their words of that day.
    asked = ArrayField(models.CharField(max_length=300), default=list, blank=True)
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

    @property
    def is_prepared(self) -> bool:
        """Whether PREPARED holds."""
        return bool(self.prep_changed and self.prep_next)
