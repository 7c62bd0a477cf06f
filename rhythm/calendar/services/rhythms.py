"""Starting a whole rhythm in one step."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rhythm.calendar.models import AgendaTemplate, Cadence, Reach
from rhythm.calendar.rhythms import Beat, Rhythm
from rhythm.calendar.services.agendas import make_agenda
from rhythm.calendar.services.cadences import make_cadence
from rhythm.people.models import Team, User

# Two who start one for the same team wait for each other.
LOCK = "SELECT pg_advisory_xact_lock(7462010)"


@dataclass(frozen=True)
class Started:
    """What came of it."""

    made: list[Cadence]
    # What is there already, and was left out.
    left_out: list[str]


@transaction.atomic
def start_rhythm(
    rhythm: Rhythm,
    *,
    team: Team | None,
    first_monday: date,
    time_zone: str,
    by: User,
    submission_key: UUID,
) -> Started:
    """Make the cadences of a rhythm for a team; for None, for every team.

    What the team has of the same kind already, its own or from above, is left out. The
    same form sent twice makes each once. time_zone "" is each team's own.

    Raises ValidationError for a day that is no Monday, or a team that `by` does not
    lead.
    """
    if first_monday.weekday() != 0:
        raise ValidationError({"first_monday": _("Choose a Monday.")}, code="monday")
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    there = kinds_there(team)
    made, left_out = [], []
    for number, beat in enumerate(rhythm.beats):
        key = uuid5(submission_key, str(number))
        twin = Cadence.objects.filter(submission_key=key).first()
        if twin is None and beat.kind in there:
            left_out.append(str(beat.kind.label))
            continue
        if twin is None:
            values = values_of(beat, team, first_monday, time_zone)
            values["agenda"] = agenda_of(beat, team, by=by, key=uuid5(key, "agenda"))
            twin = make_cadence(values, by=by, submission_key=key)
        made.append(twin)
    return Started(made, left_out)


def kinds_there(team: Team | None) -> set[str]:
    """Return the kinds of which the team has a cadence: its own, or one from above.

    For None, those of every team: the organisation's, and those that each team at the
    top has for all below it.
    """
    active = Cadence.objects.active().order_by()
    if team is not None:
        above = Q(reach=Reach.BELOW) & (Q(team__in=team.line) | Q(team=None))
        dropped = Q(variants__team=team, variants__is_dropped=True)
        found = active.filter(Q(team=team) | above).exclude(dropped)
        return set(found.values_list("kind", flat=True))
    tops = set(Team.objects.filter(parent=None).values_list("pk", flat=True))
    covered: dict[str, set[int | None]] = defaultdict(set)
    for kind, top in active.filter(reach=Reach.BELOW).values_list("kind", "team"):
        covered[kind].add(top)
    return {
        kind
        for kind, teams in covered.items()
        if None in teams or (tops and tops <= teams)
    }


def values_of(
    beat: Beat, team: Team | None, first_monday: date, time_zone: str
) -> dict[str, Any]:
    """Return what a cadence of a rhythm says. Every team's reaches below."""
    return {
        "kind": beat.kind,
        "scope": beat.scope,
        "reach": Reach.BELOW if team is None else beat.reach,
        "team": team,
        "is_mandatory": beat.is_mandatory and beat.reach == Reach.BELOW,
        "rule": beat.rule,
        "at": beat.at,
        "minutes": beat.minutes,
        "time_zone": time_zone,
        "off_days": beat.off_days,
        "first_on": first_monday,
        "prepare_hours": beat.prepare_hours,
        "preread_hours": beat.preread_hours,
        "remind_minutes": list(beat.remind_minutes),
    }


def agenda_of(
    beat: Beat, team: Team | None, *, by: User, key: UUID | None = None
) -> AgendaTemplate | None:
    """Return the agenda that a cadence of a rhythm begins with; None for its kind's."""
    if not beat.blocks:
        return None
    blocks = [
        {
            "kind": each.kind,
            "title": str(each.title),
            "minutes": each.minutes,
            "how": str(each.how),
        }
        for each in beat.blocks
    ]
    values = {"name": str(beat.agenda), "kind": beat.kind, "team": team}
    return make_agenda(values, blocks, by=by, submission_key=key)
