"""Agendas: the timed blocks of which a meeting is made, and where status goes."""

from __future__ import annotations

import re
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rhythm.calendar.models.kinds import MeetingKind
from rhythm.calendar.models.ofteam import OfTeamQuerySet
from rhythm.people.models import Team
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned

# Whole words, in English and German, that announce a report to the round.
STATUS = re.compile(
    r"""\b(
        status\w* | updates? | numbers | figures | kpis? | reporting | reports?
        | roll[\s-]?ups? | round[\s-]?up | pipeline\s+round
        | forecast\s+(round|call[\s-]?down|numbers)
        | zahlen\w* | sachstand\w* | statusrunde | berichtsrunde | lagebericht
        | neuigkeiten
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def validate_no_status(title: str) -> None:
    """Raise a ValidationError with code "status" for a block that reports status."""
    if STATUS.search(title):
        raise ValidationError(
            _(
                "Status has no block: numbers, changes and wins go out in the pre-read "
                "before the meeting. Keep the time for what only talking can do."
            ),
            code="status",
        )


class BlockKind(models.TextChoices):
    """What a block of a meeting is for. None of them is status."""

    COMMITMENTS = "commitments", _("Commitments from last time")
    ACCOUNT_STRATEGY = "account_strategy", _("Account strategy")
    DIFFICULT_CASE = "difficult_case", _("Difficult case")
    ROLE_PLAY = "role_play", _("Role play")
    SKILL = "skill", _("Skill")
    BEST_PRACTICE = "best_practice", _("Best practice")
    BARRIERS = "barriers", _("Barriers")
    # Everybody in turn, as in a huddle.
    ROUND = "round", _("Everybody in turn")
    OTHER = "other", _("Something else")


class AgendaTemplateQuerySet(OfTeamQuerySet["AgendaTemplate"]):
    def suiting(self, kind: str) -> Self:
        """Return those for meetings of `kind`, and those for any."""
        return self.filter(kind__in=(kind, ""))


@tracked(exclude=("version", "submission_key"))
class AgendaTemplate(Versioned):
    """An agenda that cadences use: blocks with their minutes, in order."""

    name = models.CharField(_("name"), max_length=120)
    # Empty: for meetings of any kind.
    kind = models.CharField(
        _("for"), max_length=20, choices=MeetingKind, blank=True, default=""
    )
    # Null: the organisation's.
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
    )
    # One that is switched off is not offered; meetings that use it go on.
    is_active = models.BooleanField(_("active"), default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = AgendaTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


@tracked()
class AgendaBlock(models.Model):
    """One block: what it is for, for how long, and how it is done."""

    template = models.ForeignKey(AgendaTemplate, models.CASCADE, related_name="blocks")
    # From 0.
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(
        _("kind"), max_length=20, choices=BlockKind, default=BlockKind.OTHER
    )
    # Empty: the kind's word.
    title = models.CharField(
        _("title"), max_length=120, blank=True, validators=[validate_no_status]
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
    )
    how = models.CharField(_("how"), max_length=500, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "position"],
                name="one_block_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="block_takes_time", condition=Q(minutes__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(BlockKind(self.kind).label)
