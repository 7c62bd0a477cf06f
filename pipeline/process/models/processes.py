"""How we sell: processes, their stages, and what each stage asks for."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rhythm.people.models import User
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned


class ConfigurationQuerySet[M: models.Model](models.QuerySet[M]):
    """Read by everybody who is active, changed by admins."""

    def visible_to(self, viewer: User) -> Self:
        return self if viewer.is_active else self.none()

    def editable_by(self, editor: User) -> Self:
        return self if editor.is_active and editor.is_admin else self.none()


class ProcessQuerySet(ConfigurationQuerySet["Process"]):
    def in_use(self) -> Self:
        """Return those that new deals may start in."""
        return self.filter(archived_at=None)


@tracked(exclude=("version", "submission_key"))
class Process(Versioned):
    """One way to sell, such as new business or renewals."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.TextField(_("description"), blank=True, max_length=2000)
    position = models.PositiveIntegerField(default=0)
    # New deals start in it unless somebody says otherwise. At most one.
    is_default = models.BooleanField(_("default"), default=False)
    # Archived processes keep their deals and take no new ones.
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = ProcessQuerySet.as_manager()

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                "is_default",
                name="one_default_process",
                condition=Q(is_default=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("process:process_detail", args=[self.pk])


class StageKind(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    WALKED_AWAY = "walked_away", _("Walked away")


class StageQuerySet(ConfigurationQuerySet["Stage"]):
    def with_asked(self) -> Self:
        """Add `asked`: the values of each stage's milestones, in their order."""
        names = (each.attname for each in Milestone._meta.concrete_fields)
        asked = Milestone.objects.filter(stage=OuterRef("pk"))
        values = JSONObject(**{name: name for name in names})
        in_order = asked.order_by("position", "pk").values(json=values)
        return self.annotate(asked=ArraySubquery(in_order))

    def open(self) -> Self:
        return self.filter(kind=StageKind.OPEN)

    def closed(self) -> Self:
        return self.exclude(kind=StageKind.OPEN)


@tracked(exclude=("version",))
class Stage(Versioned):
    """A step of a process, with the buyer's step beside it."""

    process = models.ForeignKey(Process, models.PROTECT, related_name="stages")
    name = models.CharField(_("seller's stage"), max_length=80)
    kind = models.CharField(max_length=11, choices=StageKind, default=StageKind.OPEN)
    # Open stages count from 1. The three closed ones come after, in the order of kind.
    position = models.PositiveIntegerField()
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    buyer_step = models.CharField(_("buyer's step"), max_length=120, blank=True)
    # A share between 0 and 1.
    probability = models.DecimalField(
        _("probability"),
        max_digits=4,
        decimal_places=3,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    # Longer in this stage than so many days is stuck. Null never is.
    stuck_days = models.PositiveIntegerField(
        _("stuck after, days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
    )
    # So many days without an activity and without a dated next step is idle.
    idle_days = models.PositiveIntegerField(
        _("idle after, days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
    )
    # Markdown; shown sanitised.
    guidance = models.TextField(_("guidance"), blank=True, max_length=20_000)
    questions = ArrayField(
        models.CharField(max_length=300),
        verbose_name=_("questions to ask"),
        default=list,
        blank=True,
    )
    # Leaving this stage needs at least one customer outcome that a contact confirmed.
    needs_outcome = models.BooleanField(
        _("needs a confirmed customer outcome"), default=False
    )
    # Since when it does, and from when on for older deals; see the package.
    outcome_asked_since = models.DateTimeField(null=True, blank=True, editable=False)
    outcome_binds_from = models.DateTimeField(null=True, blank=True, editable=False)

    objects = StageQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["process", "position", "pk"]
        constraints = [
            # Deferred, so that two stages can change places in one transaction.
            models.UniqueConstraint(
                fields=["process", "position"],
                name="stage_position_once_in_process",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["process", "name"],
                name="stage_name_once_in_process",
                violation_error_message=_("This process has a stage of that name."),
            ),
            models.UniqueConstraint(
                fields=["process", "kind"],
                name="one_closed_stage_of_a_kind",
                condition=~Q(kind="open"),
            ),
            models.CheckConstraint(
                name="stage_probability_is_a_share",
                condition=Q(probability__range=(0, 1)),
            ),
            models.CheckConstraint(
                name="outcome_binds_later_if_it_came_later",
                condition=Q(outcome_binds_from=None)
                | Q(outcome_asked_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.kind == StageKind.OPEN


class MilestoneKind(models.TextChoices):
    KNOW = "know", _("To know")
    DO = "do", _("To do")
    CONFIRMED = "confirmed", _("Confirmed by the customer")


class Importance(models.TextChoices):
    REQUIRED = "required", _("Required")
    EXPECTED = "expected", _("Expected")
    OPTIONAL = "optional", _("Optional")


class AnswerKind(models.TextChoices):
    TEXT = "text", _("Text")
    CHOICE = "choice", _("One of several")
    NUMBER = "number", _("Number")
    CONTACT = "contact", _("A contact")


@tracked(exclude=("version",))
class Milestone(Versioned):
    """Something to know, to do, or that the customer confirms, to leave a stage."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="milestones")
    title = models.CharField(_("milestone"), max_length=200)
    hint = models.CharField(_("hint"), max_length=500, blank=True)
    kind = models.CharField(
        _("kind"), max_length=9, choices=MilestoneKind, default=MilestoneKind.DO
    )
    importance = models.CharField(
        _("importance"), max_length=8, choices=Importance, default=Importance.REQUIRED
    )
    # What an answer to a thing to know looks like; text for the other kinds.
    answer_kind = models.CharField(
        _("answer"), max_length=7, choices=AnswerKind, default=AnswerKind.TEXT
    )
    choices = ArrayField(
        models.CharField(max_length=120),
        verbose_name=_("choices"),
        default=list,
        blank=True,
    )
    position = models.PositiveIntegerField()
    # Since when it is required, and from when on for older deals; see the package.
    asked_since = models.DateTimeField(null=True, blank=True, editable=False)
    binds_from = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ConfigurationQuerySet["Milestone"].as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["stage", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "position"],
                name="milestone_position_once_in_stage",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="a_choice_needs_choices",
                condition=~Q(answer_kind="choice") | Q(choices__len__gt=0),
                violation_error_message=_("Name the choices, one a line."),
            ),
            models.CheckConstraint(
                name="milestone_binds_later_if_it_came_later",
                condition=Q(binds_from=None) | Q(asked_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title
