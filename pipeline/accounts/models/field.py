"""The open field: our products by the customer's areas, what is sold and what not."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.accounts.models.plans import AccountPlan, OfPlan, OfPlanQuerySet
from pipeline.opportunities.models import Opportunity, Product
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned


@tracked(exclude=("version", "submission_key"))
class PlanArea(OfPlan):
    """A business unit, a plant or a country of the customer's."""

    name = models.CharField(_("name"), max_length=80)

    objects = OfPlanQuerySet["PlanArea"].as_manager()

    class Meta:
        verbose_name = _("area")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "name"],
                name="area_name_once_in_a_plan",
                violation_error_message=_("There is an area of that name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CellState(models.TextChoices):
    SOLD = "sold", _("Sold")
    DEAL = "deal", _("Open deal")
    COMPETITOR = "competitor", _("A competitor has it")
    NOT_YET = "not_yet", _("Not yet")
    NO_FIT = "no_fit", _("Does not fit")


@tracked(exclude=("version",))
class FieldCell(Versioned):
    """How one product stands in one area. No cell: nobody has asked yet."""

    plan = models.ForeignKey(AccountPlan, models.CASCADE, related_name="+")
    # Null: in the whole account.
    area = models.ForeignKey(
        PlanArea, models.CASCADE, null=True, blank=True, related_name="+"
    )
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    # Empty: it was wiped again.
    state = models.CharField(_("state"), max_length=10, choices=CellState, blank=True)
    # The deal of an open one. Shown to whom that is visible, as is the cell then.
    opportunity = models.ForeignKey(
        Opportunity,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("deal"),
    )
    note = models.CharField(_("who has it, or why"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OfPlanQuerySet["FieldCell"].as_manager()

    class Meta:
        verbose_name = _("product in an area")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "area", "product"],
                name="product_once_in_an_area",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="open_field_names_its_deal",
                condition=Q(state="deal", opportunity__isnull=False)
                | (~Q(state="deal") & Q(opportunity=None)),
                violation_error_message=_("Choose the deal."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.state}"
