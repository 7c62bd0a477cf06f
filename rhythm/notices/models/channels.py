"""Chat channels that notices are posted to, by webhook."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from rhythm.people.models import Team, User
from rhythm.web.versions import Versioned


class ChannelKind(models.TextChoices):
    """Who reads what is sent."""

    SLACK = "slack", _("Slack")
    TEAMS = "teams", _("Microsoft Teams (Workflows)")
    JSON = "json", _("A program of yours (signed JSON)")


class Occasion(models.TextChoices):
    """What a channel may be told of. The apps to the right name these words."""

    MINUTES = "reviews.minutes", _("A review or meeting was finished")
    HUDDLE = "calendar.huddle", _("A huddle opens")
    WEEKLY = "calendar.weekly", _("Friday: was the rhythm kept?")


class ChannelQuerySet(models.QuerySet["Channel"]):
    def visible_to(self, viewer: User) -> Self:
        """Return all for admins; for managers, those of the teams that they lead."""
        if not viewer.is_active:
            return self.none()
        if viewer.is_admin:
            return self
        return self.filter(team__in=Team.objects.led_by(viewer))

    def editable_by(self, editor: User) -> Self:
        """Return the channels that `editor` may change: all that are visible."""
        return self.visible_to(editor)

    def told_of(self, occasion: str, team: Team | None) -> Self:
        """Return the channels that want to know: the team's own, and everybody's.

        None is what concerns the whole organisation.
        """
        whose = Q(team=None) | Q(team=team) if team else Q(team=None)
        return self.filter(whose, is_active=True, occasions__contains=[occasion])

    def closed(self) -> Self:
        """Return those that nothing is sent to now: off, or left in peace a while."""
        return self.filter(Q(is_active=False) | Q(paused_until__gt=Now()))


class Channel(Versioned):
    """A place where a team talks, and what of Rhythm is said there.

    Its address lets anybody write there, so it is kept locked, as are the secrets that
    a program knows Rhythm by. People see its host and its last letters only.
    """

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=5, choices=ChannelKind)
    # Null: everybody's.
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
    )
    occasions = ArrayField(
        models.CharField(max_length=40), verbose_name=_("occasions"), default=list
    )
    names_deals = models.BooleanField(_("names deals"), default=False)
    locked_address = models.TextField()
    masked_address = models.CharField(max_length=300)
    # Signs what goes out, with the one before while receivers change over.
    locked_secret = models.TextField(blank=True)
    locked_old_secret = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    # How often in a row nothing got there, and until when it is left in peace.
    failures = models.PositiveSmallIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    off_reason = models.CharField(max_length=300, blank=True)
    # Is told when it is switched off by itself.
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="channel_signs_iff_a_program_reads_it",
                condition=Q(kind="json") & ~Q(locked_secret="")
                | ~Q(kind="json") & Q(locked_secret="", locked_old_secret=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name
