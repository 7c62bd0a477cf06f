"""What reps log: calls, meetings, visits, referrals asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models import Account, Contact, Opportunity
from pipeline.process.models import ConfigurationQuerySet
from rhythm.people.models import User
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned

# So long may people edit and remove what they logged.
EDIT_WINDOW = timedelta(days=7)


class ActivityKindQuerySet(ConfigurationQuerySet["ActivityKind"]):
    def offered(self) -> Self:
        return self.filter(is_active=True)


class ActivityKind(Versioned):
    """A kind of activity. The admin may add more."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    # A name of the icon sprite.
    icon = models.CharField(_("icon"), max_length=40, default="circle")
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(_("offered"), default=True)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = ActivityKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity kind")
        verbose_name_plural = _("activity kinds")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the activities of the people whose work `viewer` may see.

        And those on a deal that `viewer` may see, whoever logged them.
        """
        if not viewer.is_active:
            return self.none()
        if viewer.sees_all:
            return self
        return self.filter(
            Q(owner__in=User.objects.visible_to(viewer))
            | Q(opportunity__in=Opportunity.objects.visible_to(viewer))
        )

    def editable_by(self, editor: User) -> Self:
        """Return what `editor` logged; `still_editable` says for how long."""
        return self.filter(owner=editor) if editor.is_active else self.none()

    def still_editable(self, now: datetime) -> Self:
        """Return those logged so recently that their owner may change them."""
        return self.filter(created_at__gt=now - EDIT_WINDOW, source="")

    def removed(self) -> Self:
        return self.exclude(removed_at=None)


class ActivityManager(models.Manager["Activity"]):
    """Knows only what was not removed; `Activity.everything` knows all."""

    def get_queryset(self) -> ActivityQuerySet:
        return ActivityQuerySet(self.model, using=self._db).filter(removed_at=None)

    def visible_to(self, viewer: User) -> ActivityQuerySet:
        """See ActivityQuerySet.visible_to."""
        return self.get_queryset().visible_to(viewer)

    def editable_by(self, editor: User) -> ActivityQuerySet:
        """See ActivityQuerySet.editable_by."""
        return self.get_queryset().editable_by(editor)


@tracked(exclude=("version",))
class Activity(Versioned):
    """Something that a person did with a customer, on a deal or an account."""

    kind = models.ForeignKey(
        ActivityKind, models.PROTECT, related_name="+", verbose_name=_("kind")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="activities"
    )
    opportunity = models.ForeignKey(
        Opportunity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("deal"),
    )
    # Also set when there is a deal: the deal's account when it was logged.
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="activities"
    )
    happened_at = models.DateTimeField(_("when"))
    # What came of it, in a line.
    outcome = models.CharField(_("outcome"), max_length=500, blank=True)
    minutes = models.PositiveIntegerField(
        _("minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
    )
    contacts = models.ManyToManyField(
        Contact, blank=True, related_name="+", verbose_name=_("who was there")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Null unless its owner took it back.
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Chosen by the form, so that a double submit makes one.
    submission_key = models.UUIDField(null=True, unique=True, editable=False)
    source = models.CharField(max_length=60, blank=True, editable=False)
    external_id = models.CharField(max_length=255, blank=True, editable=False)

    objects = ActivityManager()
    everything = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-happened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="activity_on_a_deal_or_an_account",
                condition=Q(opportunity__isnull=False) | Q(account__isnull=False),
                violation_error_message=_("Choose a deal or an account."),
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                name="activity_once_per_source",
                condition=~Q(external_id=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["opportunity", "-happened_at"], name="activities_of_a_deal"
            ),
            models.Index(
                fields=["account", "-happened_at"], name="activities_of_an_account"
            ),
            models.Index(
                fields=["owner", "-happened_at"], name="activities_of_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.opportunity or self.account}"

    def is_still_editable(self, now: datetime) -> bool:
        """Return whether its owner may still change it; imported ones never change."""
        return self.created_at > now - EDIT_WINDOW and not self.source
