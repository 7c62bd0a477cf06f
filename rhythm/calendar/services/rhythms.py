"""Starting a whole rhythm in one step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from rhythm.calendar.models import Cadence, Reach
from rhythm.calendar.rhythms import Beat, Rhythm
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

    What the team has of the same kind already, of its own, is left out. The same form
    sent twice makes each once. time_zone "" is each team's own.

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
        values = values_of(beat, team, first_monday, time_zone)
        made.append(twin or make_cadence(values, by=by, submission_key=key))
    return Started(made, left_out)


def kinds_there(team: Team | None) -> set[str]:
    """Return the kinds of cadence that are there already, of the team's own."""
    found = Cadence.objects.active().filter(team=team).order_by()
    return set(found.values_list("kind", flat=True))


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
        "remind_minutes": list(beat.remind_minutes),
    }
