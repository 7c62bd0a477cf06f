"""What a team holds: its own cadences, and those from above."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from rhythm.calendar.levels import hour_of
from rhythm.calendar.models import Cadence, CadenceVariant, Reach
from rhythm.calendar.selectors.cadences import (
    CadenceRow,
    cadence_rows,
    when_words,
)
from rhythm.calendar.selectors.ground import team_levels
from rhythm.people.models import Team, User


@dataclass(frozen=True)
class InheritedRow:
    """A cadence from above, as one team holds it."""

    row: CadenceRow
    # The team that it comes from.
    source: str
    # How it is held for all, where this team holds it otherwise.
    as_for_all: str
    is_dropped: bool
    # Whom to ask, of what is mandatory.
    ask: str
    # Where its hour is moved, it is dropped, or taken back. "" for who may not.
    move_url: str
    drop_url: str
    back_url: str
    version: int


@dataclass(frozen=True)
class TeamCadences:
    """The page of a team's cadences."""

    inherited: list[InheritedRow]
    own: list[CadenceRow]


def team_cadences(team: Team, viewer: User, *, now: datetime) -> TeamCadences:
    """Return what a team has of its own, and from above. Eight queries."""
    above = Q(team=None) | Q(team__in=[each for each in team.line if each != team.pk])
    today = viewer.today(now)
    found = list(
        Cadence.objects.visible_to(viewer)
        .filter(above & Q(reach=Reach.BELOW, is_active=True) | Q(team=team))
        .exclude(last_on__lt=today)
        .select_related("team__manager", "chair")
        .order_by("-is_mandatory", "kind", "pk")
    )
    levels = team_levels()
    level = levels[team.pk]
    rows = {each.pk: each for each in cadence_rows(found, viewer, now, levels)}
    variants = {
        each.cadence_id: each
        for each in CadenceVariant.objects.filter(team=team, cadence__in=found)
    }
    may_move = may_hold_otherwise(team, viewer)
    return TeamCadences(
        inherited=[
            _inherited(
                each, rows[each.pk], variants.get(each.pk), team, level, may_move
            )
            for each in found
            if each.team_id != team.pk
        ],
        own=[
            replace(rows[each.pk], when=when_words(as_held(each, None, level)))
            for each in found
            if each.team_id == team.pk
        ],
    )


def may_hold_otherwise(team: Team, person: User) -> bool:
    """Return whether the person may move what the team inherits, and drop it."""
    if not person.is_active:
        return False
    return person.is_admin or Team.objects.led_by(person).filter(pk=team.pk).exists()


def as_held(cadence: Cadence, variant: CadenceVariant | None, level: int) -> Cadence:
    """Return the cadence with the hour and weekdays of a team. Not to be saved.

    level is how many levels of teams are below it.
    """
    held = Cadence(
        rule=(variant.rule if variant else "") or cadence.rule,
        at=(variant.at if variant else None) or hour_of(cadence, level),
        time_zone=cadence.time_zone,
        minutes=cadence.minutes,
        off_days=cadence.off_days,
        first_on=cadence.first_on,
        last_on=cadence.last_on,
    )
    held.kind, held.title = cadence.kind, cadence.title
    return held


def _inherited(
    cadence: Cadence,
    row: CadenceRow,
    variant: CadenceVariant | None,
    team: Team,
    level: int,
    may_move: bool,
) -> InheritedRow:
    is_dropped = bool(variant and variant.is_dropped and not cadence.is_mandatory)
    held = when_words(as_held(cadence, variant, level))
    usual = when_words(as_held(cadence, None, level))
    is_moved = not is_dropped and held != usual
    above = cadence.team
    manager = above.manager if above else None
    args = [cadence.pk, team.pk]
    is_other = is_dropped or is_moved
    return InheritedRow(
        row=replace(row, when=held, next=""),
        source=above.name if above else _("the organisation"),
        as_for_all=usual if is_moved else "",
        is_dropped=is_dropped,
        ask=(manager.name if manager else _("an admin")),
        move_url=reverse("calendar:variant_edit", args=args) if may_move else "",
        drop_url=reverse("calendar:variant_drop", args=args)
        if may_move and not cadence.is_mandatory and not is_dropped
        else "",
        back_url=reverse("calendar:variant_back", args=args)
        if may_move and is_other
        else "",
        version=variant.version if variant else 0,
    )
