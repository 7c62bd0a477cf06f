"""What counts now: at most three things, said by the leader of a team."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rhythm.people.models import Membership, Team, User
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned


class PrioritiesQuerySet(models.QuerySet["Priorities"]):
    def visible_to(self, viewer: User) -> Self:
        """Return those of the teams that `viewer` is in, or leads, and above them.

        Executives and admins see all.
        """
        if not viewer.is_active:
            return self.none()
        if viewer.sees_all:
            return self
        return self.filter(
            Q(team__in=Membership.objects.teams_above(viewer))
            | Q(team__in=Team.objects.led_by(viewer))
        )

    def editable_by(self, editor: User) -> Self:
        """Return those of the teams that `editor` leads."""
        if not editor.is_active:
            return self.none()
        return self.filter(team__in=Team.objects.led_by(editor))


@tracked(exclude=("version",))
class Priorities(Versioned):
    """The top three of a team: for its people, and for the teams below that.

    There is no fourth. What they were before is kept as history.
    """

    team = models.OneToOneField(Team, models.PROTECT, related_name="+")
    first = models.CharField(_("first"), max_length=120, blank=True)
    second = models.CharField(_("second"), max_length=120, blank=True)
    third = models.CharField(_("third"), max_length=120, blank=True)
    # The last day on which they hold, as a date on the reader's wall. Null: until the
    # leader says others.
    until = models.DateField(_("until"), null=True, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField()

    objects = PrioritiesQuerySet.as_manager()

    class Meta:
        verbose_name = _("priorities")
        verbose_name_plural = _("priorities")
        constraints = [
            models.CheckConstraint(
                name="priorities_in_order",
                condition=(~Q(first="") | Q(second="")) & (~Q(second="") | Q(third="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Priorities of {self.team_id}"

    @property
    def lines(self) -> list[str]:
        """Return what counts, the most important first; none when there is nothing."""
        return [each for each in (self.first, self.second, self.third) if each]

    def is_over(self, today: date) -> bool:
        """Whether they held until a day that has passed."""
        return self.until is not None and self.until < today
