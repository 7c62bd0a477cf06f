"""What a plan says of results and risks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pipeline.accounts.models.plans import OfPlan, OfPlanQuerySet
from pipeline.opportunities.models import Contact
from rhythm.web.history import tracked


@tracked(exclude=("version", "submission_key"))
class PlanOutcome(OfPlan):
    """A result that the customer has by us, entered by hand with what shows it."""

    words = models.CharField(_("what the customer has achieved"), max_length=1000)
    evidence = models.CharField(_("what shows it"), max_length=500)
    achieved_on = models.DateField(_("since"))
    confirmed_by = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )

    objects = OfPlanQuerySet["PlanOutcome"].as_manager()

    class Meta:
        verbose_name = _("outcome")
        ordering = ["-achieved_on", "pk"]

    def __str__(self) -> str:
        return self.words


class Severity(models.TextChoices):
    HIGH = "high", _("May cost us the account")
    MEDIUM = "medium", _("Hurts")
    LOW = "low", _("To be watched")


@tracked(exclude=("version", "submission_key"))
class PlanRisk(OfPlan):
    """What may go wrong with the account, and who does what about it."""

    what = models.CharField(_("what may go wrong"), max_length=300)
    severity = models.CharField(
        _("how bad"), max_length=6, choices=Severity, default=Severity.MEDIUM
    )
    response = models.CharField(_("what we do about it"), max_length=500, blank=True)
    # Null: nobody yet.
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who sees to it"),
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    ending = models.CharField(_("how it ended"), max_length=300, blank=True)

    objects = OfPlanQuerySet["PlanRisk"].as_manager()

    class Meta:
        verbose_name = _("risk")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="risk_that_ended_has_a_day",
                condition=Q(ending="") | Q(closed_on__isnull=False),
                violation_error_message=_("Say on which day it was closed."),
            )
        ]

    def __str__(self) -> str:
        return self.what
