"""What is of a team and of those below it, or of the whole organisation."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import ExpressionWrapper, Q, Value
from django.db.models.functions import Coalesce

from rhythm.people.models import Membership, Team, User


class OfTeamQuerySet[M: models.Model](models.QuerySet[M]):
    """Rules and agendas: of their `team`, or of every team where that is null."""

    def visible_to(self, viewer: User) -> Self:
        """Return those of the teams that `viewer` is in, or leads, and above them.

        Executives and admins see all.
        """
        if not viewer.is_active:
            return self.none()
        if viewer.sees_all:
            return self
        return self.filter(
            Q(team=None)
            | Q(team__in=Membership.objects.teams_above(viewer))
            | Q(team__in=Team.objects.led_by(viewer))
        )

    def editable_by(self, editor: User) -> Self:
        """Return those that `editor` may change: of teams led; all for admins."""
        if not editor.is_active:
            return self.none()
        if editor.is_admin:
            return self
        return self.filter(team__in=Team.objects.led_by(editor))

    def active(self) -> Self:
        return self.filter(is_active=True)

    def with_rank(self, resting: Q) -> Self:
        """Add `is_resting`, and `under`: the line of the team, empty for every team.

        Sorted by them, what rests comes last, and a team stands below the one above.
        """
        return self.annotate(
            is_resting=ExpressionWrapper(resting, models.BooleanField()),
            under=Coalesce(
                "team__line", Value([], ArrayField(models.BigIntegerField()))
            ),
        )
