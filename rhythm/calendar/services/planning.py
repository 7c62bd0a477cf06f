"""The planner: turns rules into meetings, up to the horizon, each exactly once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import DurationField, ExpressionWrapper, F, Value
from django.db.models.functions import Mod

from rhythm.calendar.models import (
    Cadence,
    CadenceVariant,
    Meeting,
    MeetingState,
    Planning,
)
from rhythm.calendar.recurrence import FARTHEST
from rhythm.calendar.selectors.ground import Ground, ground
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
# What a rule may change of a meeting that is still planned.
WRITTEN = (
    *("state", "reason", "starts_at", "called_for", "planned_minutes", "time_zone"),
    *("chair", "deputy", "is_deputised", "kind", "title", "sequence", "version"),
    "reminded_minutes",
)
# Everything that meetings are derived from, and who changed it last.
SEEN = """
    SELECT array_to_string(ARRAY[
        (SELECT max(id) FROM people_team),
        (SELECT max(pgh_id) FROM people_teamevent),
        (SELECT max(id) FROM people_membership),
        (SELECT count(until) FROM people_membership),
        (SELECT max(pgh_id) FROM people_userevent),
        (SELECT max(id) FROM calendar_workingcalendar),
        (SELECT max(pgh_id) FROM calendar_workingcalendarevent),
        (SELECT max(id) FROM calendar_holiday),
        (SELECT max(pgh_id) FROM calendar_holidayevent),
        (SELECT max(id) FROM calendar_deputyship),
        (SELECT max(pgh_id) FROM calendar_deputyshipevent)
    ], ' ', '-') || ' ' || (SELECT max(time_zone) FROM people_organisation)
"""


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
    _look_around()
    done = Planned()
    if not Cadence.objects.to_be_planned(now).exists():
        return done
    around = ground()
    while _plan_batch(around, now, done):
        pass
    return done


def _look_around() -> None:
    """Have every cadence planned anew if what they depend on has changed."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN)
        seen = cursor.fetchone()[0] or ""
    if Planning.objects.filter(pk=1, seen=seen).exists():
        return
    with transaction.atomic():
        Planning.objects.update_or_create(pk=1, defaults={"seen": seen})
        Cadence.objects.filter(is_active=True).update(plan_at=None)


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
        wishes = list(wanted(cadence, variants[cadence.pk], around, first, last))
        new, changes = _compare(cadence, wishes, known[cadence.pk], now)
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

    A day that was put off lies before the day on which it is held.
    """
    today = now.date()
    first = today - timedelta(days=FARTHEST + 1)
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
    """Return the meetings that are there already, by cadence, and lock them."""
    first = min(_window(each, now)[0] for each in cadences)
    found: dict[int, list[Meeting]] = defaultdict(list)
    meetings = (
        Meeting.objects.filter(cadence__in=cadences, key_on__gte=first)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    for each in meetings:
        found[each.cadence_id or 0].append(each)
    return found


def _compare(
    cadence: Cadence, wishes: Iterable[Wanted], known: list[Meeting], now: datetime
) -> tuple[list[Meeting], list[Change]]:
    """Return the meetings to make, and what changes of those that are there."""
    there = {(each.key_on, each.team_id, each.person_id): each for each in known}
    made, changes = [], []
    for wish in wishes:
        meeting = there.pop(wish.occasion, None)
        if meeting is None:
            if _is_owed(cadence, wish, now):
                made.append(_made(cadence, wish))
        elif change := _changed(meeting, cadence, wish, now):
            changes.append(change)
    unwanted = (
        each
        for each in there.values()
        if each.state == MeetingState.PLANNED and each.starts_at > now
    )
    return made, [*changes, *map(_cancelled, unwanted)]


def _is_owed(cadence: Cadence, wish: Wanted, now: datetime) -> bool:
    """Return whether a meeting is to be there: ahead, or fallen due in a silence."""
    through = cadence.planned_through
    return wish.starts_at > now or (through is not None and wish.key > through)


def _made(cadence: Cadence, wish: Wanted) -> Meeting:
    return Meeting(
        cadence=cadence,
        key_on=wish.key,
        team_id=wish.team_id,
        person_id=wish.person_id,
        **_values(cadence, wish),
    )


def _changed(
    meeting: Meeting, cadence: Cadence, wish: Wanted, now: datetime
) -> Change | None:
    """Give a meeting that is ahead what its rule says now. None if it stays."""
    is_revived = meeting.state == MeetingState.CANCELLED and not meeting.reason
    if not (meeting.state == MeetingState.PLANNED or is_revived):
        return None
    if meeting.starts_at <= now and wish.starts_at <= now:
        return None
    values = _values(cadence, wish)
    if meeting.is_moved:
        del values["starts_at"], values["time_zone"]
    if meeting.deputy_id and not meeting.is_deputised:
        # A person gave the chair to somebody: no rule takes it back.
        del values["deputy_id"], values["is_deputised"]
    differing = {k: v for k, v in values.items() if getattr(meeting, k) != v}
    if not differing and not is_revived:
        return None
    was_at = None if is_revived else meeting.starts_at
    was_run_by = None if is_revived else meeting.deputy_id or meeting.chair_id
    meeting.state = MeetingState.PLANNED
    for name, value in differing.items():
        setattr(meeting, name, value)
    if "starts_at" in differing:
        meeting.reminded_minutes = None
    meeting.sequence += 1
    meeting.version += 1
    return Change(meeting, was_at, was_run_by=was_run_by)


def _values(cadence: Cadence, wish: Wanted) -> dict[str, object]:
    """Return what a meeting is while nobody has touched it."""
    return {
        "kind": cadence.kind,
        "title": cadence.title,
        "called_for": wish.starts_at,
        "starts_at": wish.starts_at,
        "planned_minutes": wish.minutes,
        "time_zone": wish.time_zone,
        "chair_id": wish.chair_id,
        "deputy_id": wish.deputy_id,
        "is_deputised": wish.deputy_id is not None,
    }


def _cancelled(meeting: Meeting) -> Change:
    meeting.state = MeetingState.CANCELLED
    meeting.reason = ""
    meeting.sequence += 1
    meeting.version += 1
    return Change(meeting, meeting.starts_at, is_cancelled=True)
