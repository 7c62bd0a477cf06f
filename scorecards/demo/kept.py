"""How the leaders of the demo kept their rhythm in the last quarter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from rhythm.calendar.models import (
    Cadence,
    CadenceVariant,
    Meeting,
    MeetingKind,
    MeetingState,
)
from rhythm.calendar.selectors.ground import ground
from rhythm.calendar.wanted import Wanted, wanted
from scorecards.demo.days import Days
from scorecards.demo.organisation import Company

WEEKS = 13
# The rules that are as old as that; the others begin next week.
OLD = (MeetingKind.TEAM_MEETING, MeetingKind.ONE_ON_ONE, MeetingKind.FORECAST_CALL)
# Of a hundred meetings: held in time, held late, skipped with a reason. The rest is
# missed.
USUALLY = (88, 4, 5)
HABITS = {"lena": (96, 2, 2), "omar": (48, 14, 6), "pavel": (70, 10, 16)}
# What is never held: a rule that nobody follows.
FORGOTTEN = {(MeetingKind.FORECAST_CALL, "vera"): (25, 10, 5)}
REASONS = ("Trade fair", "Half the team is away", "Merged with the customer's visit")
SEED = 13


def begins_on(kind: MeetingKind, monday: date, first: date) -> date:
    """Return from when a rule of that kind holds: a quarter ago, or only `first`."""
    return monday - timedelta(weeks=WEEKS) if kind in OLD else first


def keep(cadences: Sequence[Cadence], company: Company, days: Days) -> None:
    """Let the old rules have been kept until now, each leader as usual.

    The planner goes on from today.
    """
    random = Random(SEED)  # noqa: S311 (a story, not a secret)
    habits = {
        person.pk: (key, HABITS.get(key, USUALLY))
        for key, person in company.people.items()
    }
    made = []
    for cadence in cadences:
        if cadence.kind not in OLD:
            continue
        for wish in _past(cadence, days):
            key, habit = habits[wish.chair_id]
            habit = FORGOTTEN.get((MeetingKind(cadence.kind), key), habit)
            made.append(_meeting(cadence, wish, habit, random, days.now))
        cadence.planned_through = days.today
    Meeting.objects.bulk_create(made)
    Cadence.objects.bulk_update(cadences, ["planned_through"])


def _past(cadence: Cadence, days: Days) -> Iterator[Wanted]:
    around, first = ground(cadence.first_on), cadence.first_on
    own = {
        each.team_id: each for each in CadenceVariant.objects.filter(cadence=cadence)
    }
    for wish in wanted(cadence, own, around, first, days.today):
        if (
            not wish.is_away
            and wish.starts_at + timedelta(minutes=wish.minutes) < days.now
        ):
            yield wish


def _meeting(
    cadence: Cadence,
    wish: Wanted,
    habit: tuple[int, int, int],
    random: Random,
    now: datetime,
) -> Meeting:
    held, late, skipped = habit
    drawn = random.randrange(100)
    meeting = Meeting(
        cadence=cadence,
        kind=cadence.kind,
        key_on=wish.key,
        team_id=wish.team_id,
        person_id=wish.person_id,
        chair_id=wish.chair_id,
        called_for=wish.starts_at,
        starts_at=wish.starts_at,
        planned_minutes=wish.minutes,
        time_zone=wish.time_zone,
    )
    ends_at, a_day = meeting.ends_at, timedelta(days=1)
    if drawn < held or ends_at + a_day > now:
        return _held(meeting, timedelta(minutes=random.randrange(6)), random)
    if drawn < held + late:
        meeting.missed_at = ends_at + timedelta(hours=1)
        return _held(meeting, timedelta(hours=22), random)
    if drawn < held + late + skipped:
        meeting.state, meeting.reason = MeetingState.SKIPPED, random.choice(REASONS)
        return meeting
    meeting.state = MeetingState.MISSED
    meeting.missed_at = ends_at + timedelta(hours=1)
    return meeting


def _held(meeting: Meeting, after: timedelta, random: Random) -> Meeting:
    minutes = meeting.planned_minutes + random.randrange(-5, 6)
    meeting.state = MeetingState.HELD
    meeting.started_at = meeting.starts_at + after
    meeting.ended_at = meeting.started_at + timedelta(minutes=minutes)
    return meeting
