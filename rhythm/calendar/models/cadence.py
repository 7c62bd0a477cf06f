"""Cadences: the rules that call meetings."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rhythm.calendar.models.agendas import AgendaTemplate
from rhythm.calendar.models.kinds import MeetingKind
from rhythm.calendar.models.ofteam import OfTeamQuerySet
from rhythm.calendar.recurrence import OffDays
from rhythm.people.models import Team
from rhythm.people.zones import validate_zone
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned


class Scope(models.TextChoices):
    """Whom one meeting is with."""

    TEAM = "team", _("The team")
    EACH_REP = "each_rep", _("Its manager with each of its people")


class Reach(models.TextChoices):
    """Which teams have it."""

    TEAM = "team", _("This team")
    BELOW = "below", _("This team and every team below")


class OffDayPolicy(models.TextChoices):
    """What happens to a meeting whose day is one on which nobody works."""

    NEXT = OffDays.NEXT.value, _("It is held on the next working day")
    PREVIOUS = OffDays.PREVIOUS.value, _("It is held on the working day before")
    DROP = OffDays.DROP.value, _("It does not take place")
    KEEP = OffDays.KEEP.value, _("It is held all the same")


class CadenceQuerySet(OfTeamQuerySet["Cadence"]):
    def to_be_planned(self, now: datetime) -> Self:
        """Return those whose meetings are to be looked at again at `now`."""
        return self.filter(Q(plan_at=None) | Q(plan_at__lte=now))


@tracked(exclude=("version", "plan_at", "planned_through", "submission_key"))
class Cadence(Versioned):
    """A rule that calls meetings, in wall time: what, with whom, when, for how long."""

    kind = models.CharField(_("kind"), max_length=20, choices=MeetingKind)
    # Instead of the kind's word: "Monday start".
    title = models.CharField(_("title"), max_length=120, blank=True)
    scope = models.CharField(_("with"), max_length=8, choices=Scope, default=Scope.TEAM)
    reach = models.CharField(_("for"), max_length=5, choices=Reach, default=Reach.TEAM)
    # Null: of every team there is.
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cadences",
        verbose_name=_("team"),
    )
    # Teams below may move its hour, and not drop it.
    is_mandatory = models.BooleanField(_("mandatory"), default=False)
    # RFC 5545, see rhythm.calendar.recurrence.
    rule = models.CharField(_("rule"), max_length=200)
    first_on = models.DateField(_("from"))
    # The last day on which it may fall. Null for ever.
    last_on = models.DateField(_("until"), null=True, blank=True)
    # Wall clock, in `time_zone`.
    at = models.TimeField(_("at"))
    # Empty: the zone of each team.
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, validators=[validate_zone]
    )
    minutes = models.PositiveIntegerField(
        _("minutes"),
        default=45,
        validators=[MinValueValidator(5), MaxValueValidator(480)],
    )
    off_days = models.CharField(
        _("on a day off"), max_length=8, choices=OffDayPolicy, default=OffDayPolicy.NEXT
    )
    # Null: whoever manages the team.
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("chair"),
    )
    # Null: the blocks with which meetings of its kind begin.
    agenda = models.ForeignKey(
        AgendaTemplate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agenda"),
    )
    # Everybody answers in writing by its hour, and nobody meets. Of huddles alone.
    is_async = models.BooleanField(_("without meeting"), default=False)
    # So long before it, its people are asked for what is to be prepared.
    prepare_hours = models.PositiveSmallIntegerField(
        _("prepare, hours before"), default=24, validators=[MaxValueValidator(336)]
    )
    # So long before it, each in it gets the pre-read. 0: there is none.
    preread_hours = models.PositiveSmallIntegerField(
        _("pre-read, hours before"), default=2, validators=[MaxValueValidator(168)]
    )
    # How long before it each reminder is due.
    remind_minutes = ArrayField(
        models.PositiveIntegerField(validators=[MaxValueValidator(20_160)]),
        default=list,
        blank=True,
        size=5,
        verbose_name=_("reminders"),
    )
    # One that is not active calls nothing; what it called and was held, stays.
    is_active = models.BooleanField(_("active"), default=True)
    # When to look at its meetings again, by business time. Null: at the next tick.
    plan_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Its meetings are there up to this day. Null: none were ever made.
    planned_through = models.DateField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = CadenceQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                name="mandatory_cadence_reaches_below",
                condition=Q(is_mandatory=False) | Q(reach="below"),
            ),
            models.CheckConstraint(
                name="cadence_of_no_team_is_of_all",
                condition=Q(team__isnull=False) | Q(reach="below"),
            ),
            models.CheckConstraint(
                name="only_huddles_are_in_writing",
                condition=Q(is_async=False) | Q(kind=MeetingKind.HUDDLE),
            ),
            models.CheckConstraint(
                name="cadence_ends_after_it_begins",
                condition=Q(last_on=None) | Q(last_on__gte=F("first_on")),
            ),
        ]
        indexes = [
            # What the planner looks for, with nothing to do, at every tick.
            models.Index(fields=["plan_at"], name="cadences_to_plan"),
            # The longest lead of all, and which reminders there are: asked by every
            # tick, so that only what is near is looked at.
            models.Index(fields=["prepare_hours"], name="cadences_by_preparation"),
            models.Index(fields=["preread_hours"], name="cadences_by_preread"),
            models.Index(fields=["remind_minutes"], name="cadences_by_reminders"),
            # Few are; their meetings are closed by the clock.
            models.Index(
                fields=["id"],
                name="cadences_in_writing",
                condition=Q(is_async=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(MeetingKind(self.kind).label)


class CadenceVariant(Versioned):
    """How one team holds a cadence that it inherits: at another hour, or not at all."""

    cadence = models.ForeignKey(Cadence, models.CASCADE, related_name="variants")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    # Null, or empty: as the cadence says.
    at = models.TimeField(_("at"), null=True, blank=True)
    rule = models.CharField(_("rule"), max_length=200, blank=True)
    # Only where it is not mandatory.
    is_dropped = models.BooleanField(_("not held"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cadence", "team"], name="one_variant_per_team"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cadence} of {self.team}"


class Planning(models.Model):
    """What the planner saw last of what it depends on: teams, people, days off.

    There is one row. When what is there differs from it, all cadences are looked at.
    """

    seen = models.CharField(max_length=300)

    class Meta:
        constraints = [models.CheckConstraint(name="one_planning", condition=Q(pk=1))]

    def __str__(self) -> str:
        return self.seen
