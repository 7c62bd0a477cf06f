"""Tries to deliver what is in the outbox, a row each."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rhythm.notices.models.outbox import Notice
from rhythm.notices.models.states import NoticeState
from rhythm.people.models import User


class AttemptEnd(models.TextChoices):
    """How one attempt ended."""

    TAKEN = "taken", _("Accepted")
    REFUSED = "refused", _("Not accepted")
    # No answer came, or nobody was left to hear it.
    OPEN = "open", _("Not known")


class DeliveryAttemptQuerySet(models.QuerySet["DeliveryAttempt"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the attempts at notices that `viewer` may see."""
        return self.filter(notice__in=Notice.objects.visible_to(viewer))

    def editable_by(self, editor: User) -> Self:
        """Return none: an attempt is what happened."""
        return self.none()

    def left_open(self) -> Self:
        """Return those that nobody is at any more, and whose end nobody wrote."""
        return self.filter(ended_at=None).exclude(notice__state=NoticeState.SENDING)


class DeliveryAttempt(models.Model):
    """One try to deliver a notice. Its times are told by the database's clock."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="tries")
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=7, choices=AttemptEnd, blank=True)
    # What the other side said, or what went wrong.
    answer = models.CharField(max_length=500, blank=True)

    objects = DeliveryAttemptQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="attempt_ended_iff_it_has_an_end",
                condition=Q(ended_at=None, end="")
                | (Q(ended_at__isnull=False) & ~Q(end="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="attempts_under_way", condition=Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.pk} at {self.notice_id}"
