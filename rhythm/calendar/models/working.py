"""When people work: hours, weekdays, public holidays; and who stands in for whom."""

from __future__ import annotations

from datetime import date, time
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rhythm.people.models import Team, User
from rhythm.people.zones import validate_zone
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned

MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)


def workweek() -> list[int]:
    """Return Monday to Friday."""
    return list(MONDAY_TO_FRIDAY)


class WorkingCalendarQuerySet(models.QuerySet["WorkingCalendar"]):
    def visible_to(self, viewer: User) -> Self:
        """Return all: when others work is no secret."""
        return self if viewer.is_active else self.none()

    def editable_by(self, editor: User) -> Self:
        """Return those of the teams that `editor` leads; all for admins."""
        if not editor.is_active:
            return self.none()
        if editor.is_admin:
            return self
        return self.filter(team__in=Team.objects.led_by(editor))


@tracked(exclude=("version",))
class WorkingCalendar(Versioned):
    """When a team works, and all below it that say nothing else."""

    # Null: the organisation.
    team = models.OneToOneField(
        Team, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Empty: the organisation's.
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, validators=[validate_zone]
    )
    # "DE", or with a part "DE-BY", as the holidays library names them. Empty: none.
    region = models.CharField(_("public holidays"), max_length=10, blank=True)
    # 0 is Monday.
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)]),
        default=workweek,
        size=7,
        verbose_name=_("working days"),
    )
    opens_at = models.TimeField(_("from"), default=time(9))
    closes_at = models.TimeField(_("to"), default=time(17))

    objects = WorkingCalendarQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                name="one_calendar_of_the_organisation",
                condition=Q(team=None),
            ),
            models.CheckConstraint(
                name="working_day_ends_after_it_begins",
                condition=Q(closes_at__gt=F("opens_at")),
            ),
            models.CheckConstraint(
                name="somebody_works_some_day", condition=Q(weekdays__len__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return str(self.team or _("Organisation"))


@tracked()
class Holiday(models.Model):
    """A day off that no public calendar knows: the company's own."""

    calendar = models.ForeignKey(
        WorkingCalendar, models.CASCADE, related_name="holidays"
    )
    on = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "on"],
                name="day_off_once",
                violation_error_message=_("This day is off already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.name}"


class DeputyshipQuerySet(models.QuerySet["Deputyship"]):
    def visible_to(self, viewer: User) -> Self:
        """Return all: everybody must know whom to turn to."""
        return self if viewer.is_active else self.none()

    def editable_by(self, editor: User) -> Self:
        """Return the own ones, and those of people whom `editor` leads."""
        if not editor.is_active:
            return self.none()
        if editor.is_admin:
            return self
        return self.filter(Q(leader=editor) | Q(leader__in=User.objects.led_by(editor)))

    def on(self, day: date) -> Self:
        """Return those that hold on `day`."""
        return self.filter(first_on__lte=day, last_on__gte=day)


@tracked(exclude=("submission_key",))
class Deputyship(models.Model):
    """That somebody chairs the meetings of a leader for some days."""

    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("of"),
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("deputy"),
    )
    first_on = models.DateField(_("from"))
    # The last day, included.
    last_on = models.DateField(_("until"))
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = DeputyshipQuerySet.as_manager()

    class Meta:
        ordering = ["first_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="deputyship_ends_after_it_begins",
                condition=Q(last_on__gte=F("first_on")),
            ),
            models.CheckConstraint(
                name="nobody_deputises_themselves",
                condition=~Q(leader=F("deputy")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} for {self.leader}"
