"""Which meetings a cadence wants to have: values in, values out, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rhythm.calendar.models import Cadence, CadenceVariant, Reach, Scope
from rhythm.calendar.recurrence import OffDays, Rule, occurrences
from rhythm.calendar.selectors.ground import Ground, TeamGround


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

    @property
    def occasion(self) -> tuple[date, int | None, int | None]:
        return self.key, self.team_id, self.person_id


def rule_of(
    cadence: Cadence, team: TeamGround, variant: CadenceVariant | None = None
) -> Rule:
    """Return the rule by which `team` holds the cadence, in wall time."""
    at = variant.at if variant and variant.at else cadence.at
    zone = ZoneInfo(cadence.time_zone) if cadence.time_zone else team.working.zone
    return Rule(
        text=(variant.rule if variant else "") or cadence.rule,
        first_on=cadence.first_on,
        at=at,
        zone=zone,
        minutes=cadence.minutes,
        last_on=cadence.last_on,
        off_days=OffDays(cadence.off_days),
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
    variants: dict[int, CadenceVariant],
    ground: Ground,
    first: date,
    last: date,
) -> Iterator[Wanted]:
    """Yield the meetings whose rule falls from `first` to `last`, both included.

    variants are those of the cadence, by team. A team that nobody leads, or in which
    nobody is, has none; nor has one that does not hold it.
    """
    if not cadence.is_active:
        return
    for team in teams_of(cadence, ground):
        variant = variants.get(team.pk)
        chair_id = cadence.chair_id or team.leader_id
        with_whom = _with_whom(cadence, team, chair_id)
        dropped = variant and variant.is_dropped and not cadence.is_mandatory
        if dropped or chair_id is None or not with_whom:
            continue
        rule = rule_of(cadence, team, variant)
        for each in occurrences(rule, first, last, is_off=team.working.is_off):
            deputy_id = ground.deputy(chair_id, each.on)
            for team_id, person_id in with_whom:
                yield Wanted(
                    team_id=team_id,
                    person_id=person_id,
                    key=each.key,
                    starts_at=each.starts_at,
                    minutes=cadence.minutes,
                    chair_id=chair_id,
                    # Nobody chairs a meeting with themselves.
                    deputy_id=None if deputy_id == person_id else deputy_id,
                    time_zone=rule.zone.key,
                )


def _with_whom(
    cadence: Cadence, team: TeamGround, chair_id: int | None
) -> list[tuple[int | None, int | None]]:
    """Return the team, or each of its people, as (team id, person id)."""
    people: Iterable[int] = (each for each in team.member_ids if each != chair_id)
    if cadence.scope == Scope.EACH_REP:
        return [(None, each) for each in people]
    return [(team.pk, None)] if any(True for _ in people) else []
