"""Which meetings a cadence wants to have: values in, values out, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rhythm.calendar.levels import hour_of
from rhythm.calendar.models import Cadence, CadenceVariant, Reach, Scope
from rhythm.calendar.recurrence import OffDays, Rule, counts_from, occurrences
from rhythm.calendar.selectors.ground import Ground, TeamGround
from rhythm.calendar.series import LONGEST, Places, Turn, places, take_turns
from rhythm.calendar.working import WorkingTime

# By the day of its rule, the team and the person: what a meeting is known by.
type Occasion = tuple[date, int | None, int | None]
# A team, the id of who chairs it there, those of the others, and its rule.
type Held = tuple[TeamGround, int, list[int], Rule]
# So many series tell whether everybody fits.
SERIES = 5


@dataclass(frozen=True)
class Wanted:
    """A meeting as its cadence wants it. It is known by its occasion."""

    team_id: int | None
    person_id: int | None
    # The day on which the rule falls.
    key: date
    starts_at: datetime
    minutes: int
    chair_id: int
    deputy_id: int | None
    time_zone: str
    # One of the two is on leave on that day: it is not called for now.
    is_away: bool = False

    @property
    def occasion(self) -> Occasion:
        return self.key, self.team_id, self.person_id


def rule_of(
    cadence: Cadence,
    working: WorkingTime,
    level: int = 0,
    variant: CadenceVariant | None = None,
) -> Rule:
    """Return the rule by which a team holds the cadence, in wall time.

    working is when the team works, level how many levels of teams are below it, and
    variant what it said itself.
    """
    at = variant.at if variant and variant.at else hour_of(cadence, level)
    zone = ZoneInfo(cadence.time_zone) if cadence.time_zone else working.zone
    own = variant.rule if variant else ""
    return Rule(
        text=own or cadence.rule,
        first_on=cadence.first_on,
        at=at,
        zone=zone,
        minutes=cadence.minutes,
        last_on=cadence.last_on,
        off_days=OffDays(cadence.off_days),
        counts_from=counts_from(cadence.rule, cadence.first_on) if own else None,
    )


def teams_of(cadence: Cadence, ground: Ground) -> list[TeamGround]:
    """Return the teams that have the cadence, whether they hold it or not."""
    if cadence.reach == Reach.TEAM:
        team = ground.teams.get(cadence.team_id or 0)
        return [team] if team else []
    return [
        each
        for each in ground.teams.values()
        if cadence.team_id is None or cadence.team_id in each.line
    ]


def wanted(
    cadence: Cadence,
    variants: Mapping[int, CadenceVariant],
    ground: Ground,
    first: date,
    last: date,
    called: Mapping[Occasion, datetime] | None = None,
) -> Iterator[Wanted]:
    """Yield the meetings whose rule falls from `first` to `last`, both included.

    variants are those of the cadence, by team. A team that nobody leads, or in which
    nobody is, has none; nor has one that does not hold it. Those with each person of a
    team follow one another; called says for when those that there are were called, and
    whoever has such a turn keeps it. With one person on leave `is_away` says so.
    """
    if not cadence.is_active:
        return
    held = _held(cadence, variants, ground)
    if cadence.scope == Scope.EACH_REP:
        yield from _with_each(_all_turns(held, first, last), ground, called or {})
        return
    for team, chair_id, _people, rule in held:
        for each in occurrences(rule, first, last, is_off=team.working.is_off):
            yield Wanted(
                team_id=team.pk,
                person_id=None,
                key=each.key,
                starts_at=each.starts_at,
                minutes=cadence.minutes,
                chair_id=chair_id,
                deputy_id=ground.deputy(chair_id, each.on),
                time_zone=rule.zone.key,
            )


def left_out(
    cadence: Cadence,
    variants: Mapping[int, CadenceVariant],
    ground: Ground,
    first: date,
    last: date,
) -> tuple[set[int], int]:
    """Return who finds no place in the fullest series, and how many are in that one.

    Of a cadence with each person of a team. Looked at are the first SERIES whose rule
    falls from `first` to `last`.
    """
    turns = _all_turns(_held(cadence, variants, ground), first, last)
    keys = sorted({each.key for each in turns})[:SERIES]
    turns = [each for each in turns if each.key in keys]
    people: dict[date, set[int]] = {key: set() for key in keys}
    for each in turns:
        people[each.key].add(each.person_id)
    left = {key: set(found) for key, found in people.items()}
    for turn, _place in take_turns(turns, {}):
        left[turn.key].discard(turn.person_id)
    fullest = max(keys, key=lambda key: len(left[key]), default=None)
    return (left[fullest], len(people[fullest])) if fullest else (set(), 0)


def _held(
    cadence: Cadence, variants: Mapping[int, CadenceVariant], ground: Ground
) -> list[Held]:
    """Return which teams hold it, who chairs it there, with whom, and by which rule."""
    held = []
    for team in teams_of(cadence, ground):
        variant = variants.get(team.pk)
        chair_id = cadence.chair_id or team.leader_id
        dropped = variant and variant.is_dropped and not cadence.is_mandatory
        people = [each for each in team.member_ids if each != chair_id]
        if chair_id is not None and people and not dropped:
            rule = rule_of(cadence, team.working, team.level, variant)
            held.append((team, chair_id, people, rule))
    return held


def _all_turns(held: Iterable[Held], first: date, last: date) -> list[Turn]:
    """Return whom the chairs of all teams meet, those far below first."""
    return [
        turn
        for team, chair_id, people, rule in sorted(
            held, key=lambda each: (each[0].level, each[0].pk)
        )
        for turn in _turns(team, chair_id, people, rule, first, last)
    ]


def _turns(
    team: TeamGround,
    chair_id: int,
    people: Iterable[int],
    rule: Rule,
    first: date,
    last: date,
) -> Iterator[Turn]:
    """Yield whom the chair meets in each series of a team.

    One that is long ends before the next begins.
    """
    is_off = team.working.is_off
    found = occurrences(rule, first, last + LONGEST, is_off=is_off)
    for number, each in enumerate(found):
        if each.key > last:
            return
        until = each.on + LONGEST
        if number + 1 < len(found):
            until = min(until, found[number + 1].on)
        there = Places(places(rule, each, team.working, until))
        for person_id in people:
            yield Turn(each.key, chair_id, person_id, rule, there)


def _with_each(
    turns: Iterable[Turn], ground: Ground, called: Mapping[Occasion, datetime]
) -> Iterator[Wanted]:
    by_turn = {(key, who): at for (key, _, who), at in called.items() if who}
    for turn, place in take_turns(turns, by_turn):
        # Nobody chairs a meeting with themselves.
        deputy_id = ground.deputy(turn.chair_id, place.on, unless=turn.person_id)
        yield Wanted(
            team_id=None,
            person_id=turn.person_id,
            key=turn.key,
            starts_at=place.starts_at,
            minutes=turn.rule.minutes,
            chair_id=turn.chair_id,
            deputy_id=deputy_id,
            time_zone=turn.rule.zone.key,
            is_away=ground.is_away(turn.person_id, place.on)
            or ground.is_away(deputy_id or turn.chair_id, place.on),
        )
