"""The tree of teams, and who is in which since when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rhythm.web.history import tracked
from rhythm.web.versions import Versioned

if TYPE_CHECKING:
    from rhythm.people.models.user import User

# Keeps `line` true and refuses circles. Serialised by an advisory lock, so that two
# moves at the same time cannot form one.
KEEP_LINE = """
    PERFORM pg_advisory_xact_lock(7462001);
    IF NEW.parent_id IS NULL THEN
        NEW.line := ARRAY[NEW.id];
    ELSE
        SELECT parent.line || NEW.id INTO NEW.line
        FROM people_team parent WHERE parent.id = NEW.parent_id;
        IF NEW.id = ANY(NEW.line[:array_length(NEW.line, 1) - 1]) THEN
            RAISE EXCEPTION 'A team cannot be below itself.'
                USING ERRCODE = '23514', CONSTRAINT = 'team_not_below_itself';
        END IF;
    END IF;
    RETURN NEW;
"""
MOVE_BELOW = """
    IF NEW.line IS DISTINCT FROM OLD.line THEN
        UPDATE people_team
        SET line = NEW.line || line[array_length(OLD.line, 1) + 1:]
        WHERE line @> ARRAY[NEW.id] AND id <> NEW.id;
    END IF;
    RETURN NULL;
"""


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the teams: their names are open to everybody who is active."""
        return self if viewer.is_active else self.none()

    def editable_by(self, editor: User) -> Self:
        """Return the teams that `editor` may change: all for admins."""
        return self if editor.is_active and editor.is_admin else self.none()

    def led_by(self, leader: User) -> Self:
        """Return the teams that `leader` leads, and all below them."""
        if leader.led_team_ids is not None:
            return self.filter(pk__in=leader.led_team_ids)
        return self.filter(line__overlap=_own_teams(leader.pk))

    def led_by_outer(self, person: str) -> Self:
        """Return the same of whoever `person` names in the statement around this."""
        return self.filter(line__overlap=_own_teams(OuterRef(OuterRef(person))))

    def of(self, person: User) -> Self:
        """Return the team that `person` is in at present, if any."""
        present = Membership.objects.present().filter(user=person)
        return self.filter(pk__in=present.values("team_id"))

    def chaired_by(self, viewer: User) -> Self:
        """Return the teams whose reviews `viewer` may run: led, or all (executive)."""
        if not viewer.is_active:
            return self.none()
        return self if viewer.is_executive else self.led_by(viewer)


@tracked(exclude=("version", "line", "submission_key"))
class Team(Versioned):
    """A team in the tree. Its manager is a member of the team above."""

    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("team above"),
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("manager"),
    )
    # The ids from the root to this team, itself last. Written by the database.
    line = ArrayField(models.BigIntegerField(), editable=False, default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "parent",
                "name",
                name="team_name_once_below_parent",
                nulls_distinct=False,
                violation_error_message=_("There is already a team of this name here."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="keep_line",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                func=KEEP_LINE,
            ),
            pgtrigger.Trigger(
                name="move_below",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("parent_id"),
                func=MOVE_BELOW,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:team_detail", args=[self.pk])


def _own_teams(leader: int | OuterRef) -> Func:
    """Return the ids of the teams that a person manages, as an SQL array."""
    managed = Team.objects.filter(manager=leader).order_by().values("pk")
    return Func(managed, function="ARRAY", output_field=Team._meta.get_field("line"))


class MembershipQuerySet(models.QuerySet["Membership"]):
    def present(self) -> Self:
        """Return the memberships that have not ended."""
        return self.filter(until=None)

    def on(self, day: date) -> Self:
        """Return the memberships that held on `day`."""
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gt=day))

    def led_by(self, leader: User) -> models.QuerySet[Membership, int]:
        """Return the ids of the present members of the teams led by `leader`."""
        teams = leader.led_team_ids
        if teams is None:
            led = self.present().filter(team__in=Team.objects.led_by(leader))
        else:
            led = self.present().filter(team__in=teams)
        return led.order_by().values_list("user_id", flat=True)

    def below(self, team: Any) -> Self:
        """Return who is in the team or one below it at present, in no order.

        team is an id, or what stands for one inside another query.
        """
        return self.present().filter(team__line__contains=[team]).order_by()

    def teams_above(self, person: Any) -> models.QuerySet[Membership, int]:
        """Return the ids of the person's present team and of all above it.

        person is an id, or what stands for one inside another query.
        """
        present = self.present().filter(user=person).order_by()
        above = Func(F("team__line"), function="unnest")
        above.output_field = models.BigIntegerField()
        return present.annotate(above=above).values_list("above", flat=True)


class Membership(models.Model):
    """That a person is in a team from a day on; dated, so that the past stays true."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships"
    )
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    since = models.DateField()
    # The first day on which it holds no more. Null while it holds.
    until = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                "user", name="one_team_at_present", condition=Q(until=None)
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(until=None) | Q(until__gte=F("since")),
            ),
            # int8range stands in for "=", which GiST lacks without btree_gist.
            ExclusionConstraint(
                name="one_team_at_a_time",
                expressions=[
                    (
                        Func(
                            F("user_id"),
                            F("user_id"),
                            Value("[]"),
                            function="int8range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("since"), F("until"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"
