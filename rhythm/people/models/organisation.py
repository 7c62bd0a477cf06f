"""The one organisation that an installation serves."""

from __future__ import annotations

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rhythm.people.zones import validate_zone
from rhythm.web.versions import Versioned

# What it is called until an admin says how.
UNNAMED = "Rhythm"


class SecondFactorFor(models.TextChoices):
    """Who must have a second factor."""

    NOBODY = "nobody", _("Nobody: everybody chooses")
    LEADERS = "leaders", _("Admins, executives and those who lead a team")
    EVERYBODY = "everybody", _("Everybody")


class Organisation(Versioned):
    """Settings that hold for everybody. There is exactly one row."""

    name = models.CharField(_("name"), max_length=120)
    # ISO 4217. All amounts are in it.
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="Europe/Berlin",
        validators=[validate_zone],
    )
    fiscal_year_month = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    # With 13 weeks in a quarter, three of them are 23 percent of an even one.
    quarter_end_percent = models.PositiveSmallIntegerField(
        _("most at the end of a quarter, in percent"),
        default=40,
        validators=[MinValueValidator(23), MaxValueValidator(100)],
    )
    is_signup_open = models.BooleanField(_("anybody may sign up"), default=False)
    second_factor_for = models.CharField(
        _("second factor required for"),
        max_length=9,
        choices=SecondFactorFor,
        default=SecondFactorFor.NOBODY,
    )
    # The seeded fictional company. Only there does the one-click door exist.
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="one_organisation", condition=Q(pk=1)),
            models.CheckConstraint(
                name="fiscal_year_month_exists",
                condition=Q(fiscal_year_month__range=(1, 12)),
            ),
            models.CheckConstraint(
                name="quarter_end_percent_is_one",
                condition=Q(quarter_end_percent__range=(23, 100)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> Self:
        """Return the organisation, made with plain settings if it is not there yet."""
        return cls.objects.get_or_create(pk=1, defaults={"name": UNNAMED})[0]
