"""When a meeting is held the next time, by its rule alone."""

from __future__ import annotations

from datetime import date, timedelta

from rhythm.calendar.models import CadenceVariant, Meeting
from rhythm.calendar.selectors.ground import working_times
from rhythm.calendar.selectors.previews import working_of
from rhythm.calendar.upcoming import upcoming
from rhythm.calendar.wanted import rule_of


def next_on(meeting: Meeting, after: date) -> date | None:
    """Return the first day after `after` on which the rule of a meeting is held.

    That is as its team holds it: on its weekday, in its zone, by its days off. None for
    a rule that has ended, and for a meeting without one. Five queries.
    """
    cadence, team = meeting.cadence, meeting.team
    if cadence is None:
        return None
    variant = None
    if team is None:
        working = working_of(cadence)
    else:
        variant = CadenceVariant.objects.filter(cadence=cadence, team=team).first()
        working = working_times({team.pk: tuple(team.line)})[team.pk]
    rule = rule_of(cadence, working, variant=variant)
    first = max(after + timedelta(days=1), cadence.first_on)
    return next(
        (each.on for each in upcoming(rule, first, 1, working) if each.on), None
    )
