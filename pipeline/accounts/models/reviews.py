"""The account review: which plans, what was decided about each."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pipeline.accounts.models.plans import AccountPlan
from rhythm.calendar.models import (
    Meeting,
    OwnNote,
    OwnNoteQuerySet,
    Timed,
    TimedPart,
    TimedQuerySet,
)
from rhythm.commitments.models import Commitment
from rhythm.people.models import User
from rhythm.web.history import tracked


class PlanDecision(models.TextChoices):
    """What a review says about an account."""

    ON_TRACK = "on_track", _("On track")
    NEW_MOVE = "new_move", _("Needs a new move")
    ESCALATE = "escalate", _("Escalate")
    HAND_OVER = "hand_over", _("Hand over")


class AccountReview(Timed):
    """An account review, held in a meeting."""

    current_item = models.ForeignKey(
        "AccountReviewItem", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = TimedQuerySet["AccountReview"].as_manager()

    class Meta:
        ordering = ["-meeting__starts_at", "-pk"]

    def get_absolute_url(self) -> str:
        return reverse("accounts:review_detail", args=[self.pk])


class AccountReviewItemQuerySet(models.QuerySet["AccountReviewItem"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the items of reviews and of plans that `viewer` may both see."""
        return self.filter(review__in=AccountReview.objects.visible_to(viewer)).filter(
            Q(plan__in=AccountPlan.objects.visible_to(viewer))
            | Q(review__meeting__in=Meeting.objects.chaired_by(viewer))
        )

    def editable_by(self, editor: User) -> Self:
        """Return the items of the reviews that `editor` chairs now."""
        return self.filter(review__in=AccountReview.objects.editable_by(editor))

    def undecided(self) -> Self:
        """Return those with neither a decision nor a reason to skip."""
        return self.filter(decision="", skip_reason="")


@tracked(exclude=("version", "note_version", "seconds"))
class AccountReviewItem(TimedPart):
    """A plan on a review's agenda. `version` guards its decision, not its note."""

    review = models.ForeignKey(AccountReview, models.CASCADE, related_name="items")
    plan = models.ForeignKey(AccountPlan, models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    is_added_by_hand = models.BooleanField(default=False)
    # Why it is on the agenda, as found when that was made: see agenda.Need.
    reasons = models.JSONField(default=list)
    # What changed is told from this moment on: its last review, or its beginning.
    compare_since = models.DateTimeField()
    decision = models.CharField(max_length=9, choices=PlanDecision, blank=True)
    # What goes with the decision: to whom it is escalated, who takes over.
    decision_text = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    skip_reason = models.CharField(max_length=300, blank=True)
    commitments = models.ManyToManyField(Commitment, blank=True, related_name="+")

    objects = AccountReviewItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "plan"], name="plan_once_on_an_agenda"
            ),
            models.CheckConstraint(
                name="plan_decision_by_whom_and_when",
                condition=Q(decision="", decided_by=None, decided_at=None)
                | (
                    ~Q(decision="")
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="plan_decided_or_skipped",
                condition=Q(decision="") | Q(skip_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} in {self.review}"

    @property
    def is_done(self) -> bool:
        return bool(self.decision or self.skip_reason)


class PlanNote(OwnNote):
    """What a person notes of a plan in a review, for the own eyes."""

    item = models.ForeignKey(AccountReviewItem, models.CASCADE, related_name="+")

    objects = OwnNoteQuerySet["PlanNote"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "author"], name="one_plan_note_per_author"
            )
        ]
