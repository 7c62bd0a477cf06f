"""The people map: who decides at the customer's, and who of ours knows them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pipeline.accounts.models.plans import OfPlan, OfPlanQuerySet
from pipeline.opportunities.models import Contact
from rhythm.web.history import tracked


class Level(models.TextChoices):
    """How high up somebody stands there, the highest first."""

    TOP = "top", _("Board and top management")
    HEADS = "heads", _("Heads of departments")
    WORKING = "working", _("Working level")


class Side(models.TextChoices):
    """What part of the company somebody speaks for."""

    GENERAL = "general", _("General management")
    FINANCE = "finance", _("Finance")
    PURCHASING = "purchasing", _("Purchasing")
    IT = "it", _("IT")
    OPERATIONS = "operations", _("Operations")
    SALES = "sales", _("Sales and marketing")
    LEGAL = "legal", _("Legal")
    OTHER = "other", _("Something else")


class Part(models.TextChoices):
    """The part in the decision."""

    SPONSOR = "sponsor", _("Sponsor: wants it, and pays")
    DECIDES = "decides", _("Decides")
    INFLUENCES = "influences", _("Is listened to")
    GUARDS = "guards", _("Can say no")
    USES = "uses", _("Uses it")


class Attitude(models.TextChoices):
    """What somebody thinks of us."""

    CHAMPION = "champion", _("Speaks for us")
    FOR = "for", _("For us")
    NEUTRAL = "neutral", _("Neutral")
    AGAINST = "against", _("Against us")
    UNKNOWN = "unknown", _("We do not know")


class Bond(models.TextChoices):
    """How well one of ours knows them."""

    NONE = "none", _("No contact yet")
    KNOWN = "known", _("Met")
    GOOD = "good", _("Good")
    CLOSE = "close", _("Close")


@tracked(exclude=("version", "submission_key"))
class PlanPerson(OfPlan):
    """Somebody at the customer's, as the plan sees them."""

    contact = models.ForeignKey(
        Contact, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    level = models.CharField(
        _("level"), max_length=7, choices=Level, default=Level.HEADS
    )
    side = models.CharField(_("speaks for"), max_length=10, choices=Side)
    part = models.CharField(_("part in the decision"), max_length=10, choices=Part)
    attitude = models.CharField(
        _("thinks of us"), max_length=8, choices=Attitude, default=Attitude.UNKNOWN
    )
    bond = models.CharField(
        _("how well we know them"), max_length=5, choices=Bond, default=Bond.NONE
    )
    # Null: nobody.
    known_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who of ours knows them"),
    )
    reports_to = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reports to"),
    )
    note = models.CharField(_("what they care about"), max_length=500, blank=True)

    objects = OfPlanQuerySet["PlanPerson"].as_manager()

    class Meta:
        verbose_name = _("person on the map")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "contact"],
                name="contact_once_on_a_map",
                violation_error_message=_("This person is on the map."),
            )
        ]

    def __str__(self) -> str:
        return str(self.contact)
