"""The opportunity: a deal that someone is trying to win."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models.accounts import (
    Account,
    Contact,
    External,
    Product,
    once_per_source,
)
from pipeline.process.models import Process, Stage
from rhythm.commitments.models import Commitment
from rhythm.people.models import User
from rhythm.people.zones import local_date
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned

# The days that a deal can have: not the year 1, not the year 9999.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 12, 31)
LARGEST_AMOUNT = Decimal("999999999999.99")


class Outcome(models.TextChoices):
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    WALKED_AWAY = "walked_away", _("Walked away")


class AmountSource(models.TextChoices):
    """Where an amount comes from; a list price is a stand-in and is shown as one."""

    STATED = "stated", _("Stated")
    LIST_PRICE = "list_price", _("List price")


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the opportunities of the people whose work `viewer` may see."""
        if viewer.is_active and viewer.sees_all:
            return self
        return self.filter(owner__in=User.objects.visible_to(viewer))

    def editable_by(self, editor: User) -> Self:
        """Return those that `editor` owns or leads the owner of; all for admins.

        Executives read. One who also leads a team edits what that team owns.
        """
        if not editor.is_active:
            return self.none()
        if editor.is_admin:
            return self
        return self.filter(Q(owner=editor) | Q(owner__in=User.objects.led_by(editor)))

    def open(self) -> Self:
        return self.filter(closed_on=None)

    def closed(self) -> Self:
        return self.exclude(closed_on=None)

    def overdue(self, today: date) -> Self:
        """Return the open ones whose close date has passed."""
        return self.open().filter(close_on__lt=today)


@tracked(
    exclude=(
        "version",
        "submission_key",
        "last_activity_at",
        "stage_since",
        "gone_since",
    ),
    indexes=(
        # What a deal was at a moment: its first event from then on.
        models.Index(
            fields=["pgh_obj", "pgh_created_at", "pgh_id"],
            include=["stage"],
            name="deal_events_in_order",
        ),
        # What happened in a period, of all deals.
        models.Index(fields=["pgh_created_at"], name="deal_events_by_moment"),
    ),
)
class Opportunity(External, Versioned):
    """A deal that someone is trying to win."""

    name = models.CharField(_("deal"), max_length=200)
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opportunities",
        verbose_name=_("account"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="opportunities",
        verbose_name=_("owner"),
    )
    process = models.ForeignKey(Process, models.PROTECT, related_name="+")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    # When it came to its stage. UTC.
    stage_since = models.DateTimeField()
    # False when a file set the stage; moving through the gate makes it True again.
    is_gated = models.BooleanField(default=True)
    # Why it was moved back, or past an open gate. Empty otherwise.
    move_reason = models.CharField(max_length=500, blank=True)
    # True when a manager let it pass without what the gate asks for.
    is_override = models.BooleanField(default=False)
    # In the organisation's currency. Null until someone has asked.
    amount = models.DecimalField(
        _("amount"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(LARGEST_AMOUNT)],
    )
    amount_source = models.CharField(
        max_length=10, choices=AmountSource, default=AmountSource.STATED
    )
    close_on = models.DateField(_("expected close"), null=True, blank=True)
    next_step = models.CharField(_("next step"), max_length=300, blank=True)
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    outcome = models.CharField(max_length=11, choices=Outcome, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    close_reason = models.CharField(max_length=500, blank=True)
    # The open stage it was closed from; where reopening puts it. Null while open.
    closed_from = models.ForeignKey(
        Stage, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The day it began, in the owner's calendar; an import may say an earlier one.
    opened_on = models.DateField()
    # The latest activity on it, kept by whoever logs one. Null without any.
    last_activity_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Since when the source's full exports have it no more. Null while they do, or once
    # somebody said that it is still there.
    gone_since = models.DateTimeField(null=True, blank=True, editable=False)
    products = models.ManyToManyField(
        Product, blank=True, related_name="+", verbose_name=_("products")
    )
    people = models.ManyToManyField(
        Contact, through="OpportunityContact", related_name="+"
    )
    commitments = models.ManyToManyField(Commitment, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="opportunity_outcome_iff_closed",
                condition=Q(closed_on=None, outcome="", closed_from=None)
                | (Q(closed_on__isnull=False) & Q(outcome__in=Outcome.values)),
                violation_error_message=_(
                    "A closed deal is won, lost or walked away from."
                ),
            ),
            models.CheckConstraint(
                name="opportunity_amount_not_negative",
                condition=Q(amount=None) | Q(amount__gte=0),
            ),
            once_per_source("opportunity_once_per_source"),
        ]
        indexes = [
            # The board: a stage's open deals, largest first, paged by key.
            models.Index(
                "stage",
                F("amount").desc(nulls_last=True),
                F("id").desc(),
                name="open_deals_of_a_stage",
                condition=Q(closed_on=None),
            ),
            models.Index(
                fields=["owner", "stage"],
                name="open_deals_of_an_owner",
                condition=Q(closed_on=None),
            ),
            # The table's default order: what closes next.
            models.Index(
                fields=["close_on", "id"],
                name="open_deals_by_close_date",
                condition=Q(closed_on=None),
            ),
            models.Index(fields=["owner", "closed_on"], name="deals_of_an_owner"),
            GinIndex(SearchVector("name", config="simple"), name="opportunity_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("opportunities:opportunity_detail", args=[self.pk])

    @property
    def headline(self) -> str:
        """Return what people call it: by its account, or else by its own name."""
        return self.account.name if self.account else self.name

    @property
    def byline(self) -> str:
        """Return its own name below an account's, "" where that is the headline."""
        return self.name if self.account else ""

    @property
    def full_name(self) -> str:
        """Return "Brennecke: Sensors", or its own name alone."""
        return f"{self.account.name}: {self.name}" if self.account else self.name

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    def days_in_stage(self, today: date, time_zone: str) -> int:
        """Return how many days ago it came to its stage, as the reader counts days."""
        return max((today - local_date(self.stage_since, time_zone)).days, 0)


@tracked(exclude=("version",))
class OpportunityContact(Versioned):
    """That a contact has a part in a deal, and which."""

    opportunity = models.ForeignKey(
        Opportunity, models.CASCADE, related_name="contact_roles"
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "contact"], name="contact_once_per_opportunity"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contact} ({self.role})"
