"""The planner: turns rules into meetings, up to the horizon, each exactly once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Value
from django.db.models.functions import Mod

from rhythm.calendar.models import (
    Cadence,
    CadenceVariant,
    Meeting,
    Scope,
)
from rhythm.calendar.recurrence import FARTHEST
from rhythm.calendar.selectors.ground import Ground, ground
from rhythm.calendar.series import LONGEST
from rhythm.calendar.services.comparing import WRITTEN, compare, occasion
from rhythm.calendar.services.surroundings import look_around
from rhythm.calendar.services.telling import Change, replanned
from rhythm.calendar.wanted import Wanted, wanted
from rhythm.notices.services import post

# So far ahead there are meetings.
HORIZON = timedelta(weeks=8)
# Cadences that are planned in one transaction.
BATCH = 200
# After so long without a tick, what was due before is not made up for any more.
LONGEST_SILENCE = timedelta(days=92)
# Every cadence is looked at again about once a day: zones and holidays change.
AGAIN = timedelta(days=1)
# Nothing is to be planned of what is not active.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass
class Planned:
    """What a run of the planner did."""

    cadences: int = 0
    made: int = 0
    changes: list[Change] = field(default_factory=list)


def plan_due(*, now: datetime) -> Planned:
    """Have the meetings of all cadences that are due be as their rules say.

    Safe to run at any time, by any number of planners: each cadence is locked, and an
    occasion has one meeting by a constraint. What was held, or moved by a person, stays
    as it is. Those concerned are told what moved, in the same transaction. One query
    where nothing is due, about ten for each BATCH otherwise.
    """
    look_around()
    done = Planned()
    if not Cadence.objects.to_be_planned(now).exists():
        return done
    around = ground(now.date() - LONGEST_SILENCE)
    while _plan_batch(around, now, done):
        pass
    return done


@transaction.atomic
def _plan_batch(around: Ground, now: datetime, done: Planned) -> bool:
    """Plan some of the cadences that are due. Return whether there were any."""
    due = Cadence.objects.to_be_planned(now).order_by("pk")
    cadences = list(due.select_for_update(skip_locked=True)[:BATCH])
    if not cadences:
        return False
    known = _known(cadences, now)
    variants: dict[int, dict[int, CadenceVariant]] = defaultdict(dict)
    for variant in CadenceVariant.objects.filter(cadence__in=cadences):
        variants[variant.cadence_id][variant.team_id] = variant
    made: list[Meeting] = []
    changed: list[Change] = []
    told: list[Change] = []
    for cadence in cadences:
        first, last = _window(cadence, now)
        there = known[cadence.pk]
        called = {occasion(each): each.called_for for each in there if each.called_for}
        own = variants[cadence.pk]
        wishes = list(wanted(cadence, own, around, first, last, called))
        new, changes = compare(cadence, wishes, there, around, now)
        made += new
        changed += changes
        told += _to_be_told(cadence, wishes, new, changes)
    Meeting.objects.bulk_create(made, ignore_conflicts=True, batch_size=2000)
    meetings = [each.meeting for each in changed]
    Meeting.objects.bulk_update(meetings, WRITTEN, batch_size=500)
    _note_planned(cadences, now)
    by_pk = {each.pk: each for each in cadences}
    post(replanned(by_pk, told, around, now=now), now=now)
    done.cadences += len(cadences)
    done.made += len(made)
    done.changes += changed
    return True


def _to_be_told(
    cadence: Cadence,
    wishes: Sequence[Wanted],
    made: Sequence[Meeting],
    changes: list[Change],
) -> list[Change]:
    """Return the changes that people hear of: what a person's edit of it did.

    An edit left nothing planned through. Else teams, people or days off are others; who
    left the team, or is not led any more, needs no mail about every meeting.
    """
    if cadence.planned_through is None:
        new = [Change(each, None, is_new=True) for each in made] if changes else []
        return [*changes, *new]
    still = {(each.team_id, each.person_id) for each in wishes}
    return [
        each
        for each in changes
        if not each.is_cancelled
        or (each.meeting.team_id, each.meeting.person_id) in still
    ]


def _window(cadence: Cadence, now: datetime) -> tuple[date, date]:
    """Return the rule's days to look at: what may still be ahead, and was not planned.

    A day that was put off lies before the day on which it is held, and so does that of
    a series. What an edit leaves behind may be of either.
    """
    today = now.date()
    first = today - timedelta(days=FARTHEST + 1)
    if cadence.scope == Scope.EACH_REP or cadence.planned_through is None:
        first -= LONGEST
    if cadence.planned_through:
        first = min(first, cadence.planned_through + timedelta(days=1))
    return max(first, today - LONGEST_SILENCE), today + HORIZON


def _note_planned(cadences: Sequence[Cadence], now: datetime) -> None:
    """Note how far they are planned, and when to look at them again.

    That is in a day, and not of all in the same minute. Two statements.
    """
    planned = Cadence.objects.filter(pk__in=[each.pk for each in cadences])
    spread = ExpressionWrapper(
        Mod(F("pk"), 3600) * Value(timedelta(seconds=1)), DurationField()
    )
    through = now.date() + HORIZON
    planned.filter(is_active=True).update(
        planned_through=through, plan_at=Value(now + AGAIN) + spread
    )
    planned.filter(is_active=False).update(planned_through=through, plan_at=NEVER)


def _known(cadences: Sequence[Cadence], now: datetime) -> dict[int, list[Meeting]]:
    """Return the meetings that are there already, by cadence, and lock them.

    Of each cadence only those of its own window: what falls before it was planned for
    good, and what falls behind it is looked at another day.
    """
    windows = {each.pk: _window(each, now) for each in cadences}
    found: dict[int, list[Meeting]] = defaultdict(list)
    meetings = (
        Meeting.objects.filter(
            cadence__in=cadences,
            key_on__gte=min(first for first, _last in windows.values()),
        )
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    for each in meetings:
        first, last = windows[each.cadence_id or 0]
        if each.key_on and first <= each.key_on <= last:
            found[each.cadence_id or 0].append(each)
    return found
