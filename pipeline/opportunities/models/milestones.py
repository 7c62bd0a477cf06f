"""What a deal has shown: milestones met with evidence, and customer outcomes."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models.accounts import Contact
from pipeline.opportunities.models.opportunities import Opportunity
from pipeline.process.models import Milestone
from rhythm.people.models import User
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned


class OfOpportunityQuerySet[M: models.Model](models.QuerySet[M]):
    """Seen and changed with the opportunity that it belongs to."""

    def visible_to(self, viewer: User) -> Self:
        return self.filter(opportunity__in=Opportunity.objects.visible_to(viewer))

    def editable_by(self, editor: User) -> Self:
        return self.filter(opportunity__in=Opportunity.objects.editable_by(editor))


@tracked(exclude=("version",))
class MilestoneRecord(Versioned):
    """What a deal has to say to one milestone. No record means: not met."""

    opportunity = models.ForeignKey(
        Opportunity, models.CASCADE, related_name="milestone_records"
    )
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="+")
    is_met = models.BooleanField(default=False)
    # The answer to a thing to know, as text; a number in plain digits.
    answer = models.CharField(_("answer"), max_length=2000, blank=True)
    # The answer when it is a contact, or who confirmed it on the customer's side.
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What shows it: a line, or a link.
    evidence = models.CharField(_("evidence"), max_length=2000, blank=True)
    # The day it was done or confirmed, where the recorder is.
    done_on = models.DateField(_("on"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    objects = OfOpportunityQuerySet["MilestoneRecord"].as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "milestone"],
                name="milestone_once_per_opportunity",
            ),
            models.CheckConstraint(
                name="met_milestone_has_a_date",
                condition=Q(is_met=False) | Q(done_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone}: {'met' if self.is_met else 'open'}"


@tracked(exclude=("version",))
class CustomerOutcome(Versioned):
    """What the customer wants to achieve, in the customer's own words."""

    opportunity = models.ForeignKey(
        Opportunity, models.CASCADE, related_name="customer_outcomes"
    )
    words = models.CharField(_("in the customer's words"), max_length=1000)
    metric = models.CharField(_("measure"), max_length=160, blank=True)
    baseline = models.CharField(_("today"), max_length=120, blank=True)
    target = models.CharField(_("wanted"), max_length=120, blank=True)
    # Null until somebody at the customer's confirmed it.
    confirmed_by = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    confirmed_how = models.CharField(_("how"), max_length=160, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = OfOpportunityQuerySet["CustomerOutcome"].as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="outcome_confirmed_by_whom_and_when",
                condition=Q(confirmed_by=None, confirmed_on=None)
                | Q(confirmed_by__isnull=False, confirmed_on__isnull=False),
                violation_error_message=_("Say who confirmed it, and when."),
            ),
        ]

    def __str__(self) -> str:
        return self.words
