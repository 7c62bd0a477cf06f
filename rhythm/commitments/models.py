"""Commitments: who promised what to whom by when."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rhythm.calendar.models import Meeting
from rhythm.people.models import User
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned


def _led_without_sign_in(side: str, leader: User) -> Q:
    """Return the condition that `leader` stands in for the person on that `side`.

    side is `promiser` or `receiver`. Leaders stand in for people who cannot sign in:
    who left, and who came by an import without an e-mail.
    """
    absent = Q(**{f"{side}__is_active": False}) | Q(**{f"{side}__email": None})
    return absent & Q(**{f"{side}__in": User.objects.led_by(leader)})


class CommitmentState(models.TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    DROPPED = "dropped", _("Dropped")


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, viewer: User) -> Self:
        """Return what `viewer` promised or receives, and what led people promised.

        Whoever leads a receiver who left sees those too, and answers in their place.
        """
        if not viewer.is_active:
            return self.none()
        if viewer.sees_all:
            return self
        return self.filter(
            Q(promiser__in=User.objects.visible_to(viewer))
            | Q(receiver=viewer)
            | _led_without_sign_in("receiver", viewer)
        )

    def editable_by(self, editor: User) -> Self:
        """Return those on which `editor` may act in some way; `access` says which."""
        if not editor.is_active:
            return self.none()
        return self.filter(
            Q(promiser=editor)
            | Q(receiver=editor)
            | Q(promiser__in=User.objects.led_by(editor))
            | _led_without_sign_in("receiver", editor)
        )

    def waiting_for(self, answerer: User) -> Self:
        """Return the open ones whose new date waits for `answerer` to agree."""
        answers = Q(receiver=answerer) | _led_without_sign_in("receiver", answerer)
        asked = DateRequest.objects.filter(
            commitment=OuterRef("pk"), state=RequestState.ASKED
        )
        return self.open().filter(answers & Exists(asked))

    def concerning(self, person: User) -> Self:
        """Return those that `person` promised or was promised."""
        return self.filter(Q(promiser=person) | Q(receiver=person))

    def open(self) -> Self:
        return self.filter(state=CommitmentState.OPEN)

    def broken(self, today: date) -> Self:
        """Return the ones still open after the midnight of their due date.

        today is the date where the promiser is.
        """
        return self.open().filter(due_on__lt=today)


@tracked(exclude=("version",))
class Commitment(Versioned):
    """A promise with a date. Broken is not stored: it is open past its date."""

    what = models.CharField(_("what"), max_length=300)
    promiser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="commitments_made",
        verbose_name=_("who"),
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="commitments_received",
        verbose_name=_("to whom"),
    )
    due_on = models.DateField(_("by when"))
    # The first date that was promised, before any new one was agreed.
    first_due_on = models.DateField(editable=False)
    # How often a new date was agreed.
    renegotiations = models.PositiveIntegerField(default=0, editable=False)
    state = models.CharField(
        max_length=7, choices=CommitmentState, default=CommitmentState.OPEN
    )
    # The promiser's date when it was marked kept. Later than due_on is kept late.
    kept_on = models.DateField(null=True, blank=True)
    drop_reason = models.CharField(max_length=300, blank=True)
    made_in = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    # What it is about, in words, and the path of its page: a deal, say. Given by
    # whoever makes it, since what it is about lives in an app to the right.
    about = models.CharField(_("about"), max_length=200, blank=True)
    about_url = models.CharField(max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Chosen by the form, so that sending it twice makes one.
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="commitment_kept_on_iff_kept",
                condition=Q(state="kept", kept_on__isnull=False)
                | (~Q(state="kept") & Q(kept_on=None)),
            ),
            models.CheckConstraint(
                name="commitment_dropped_with_a_reason",
                condition=~Q(state="dropped") | ~Q(drop_reason=""),
            ),
            models.CheckConstraint(
                name="commitment_about_a_page_of_ours",
                condition=Q(about_url="") | Q(about_url__regex=r"^/($|[^/\\])"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["promiser", "due_on"],
                name="open_commitments_by_promiser",
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["receiver", "due_on"],
                name="open_commitments_by_receiver",
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["promiser", "-kept_on"],
                name="kept_commitments_by_person",
                condition=Q(state="kept"),
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("commitments:commitment_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == CommitmentState.OPEN

    def is_broken(self, today: date) -> bool:
        """Return whether its date passed while it was open, or it was kept late."""
        if self.state == CommitmentState.KEPT and self.kept_on:
            return self.kept_on > self.due_on
        return self.state == CommitmentState.OPEN and self.due_on < today


class RequestState(models.TextChoices):
    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


class DateRequest(models.Model):
    """A promiser asks for a new date; it needs the receiver's consent."""

    commitment = models.ForeignKey(
        Commitment, models.CASCADE, related_name="date_requests"
    )
    new_due_on = models.DateField(_("new date"))
    reason = models.CharField(_("why"), max_length=300)
    state = models.CharField(
        max_length=8, choices=RequestState, default=RequestState.ASKED
    )
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "commitment",
                name="one_open_date_request",
                condition=Q(state="asked"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.new_due_on}"
