"""What meetings depend on: teams, who leads them, who is in them, when they work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from rhythm.calendar.levels import levels
from rhythm.calendar.models import Deputyship, Holiday, WorkingCalendar
from rhythm.calendar.working import WorkingTime
from rhythm.people.models import Leave, Membership, Organisation, Team


@dataclass(frozen=True)
class TeamGround:
    """A team as the planner sees it."""

    pk: int
    # The ids from the root to this team, itself last.
    line: tuple[int, ...]
    # The nearest active leader: its manager, or whoever leads above. None: nobody.
    leader_id: int | None
    # Those active who are in it now, in a steady order.
    member_ids: tuple[int, ...]
    # How many levels of teams are below it.
    level: int
    working: WorkingTime


@dataclass(frozen=True)
class Ground:
    """All teams, who stands in for whom when, and who is away."""

    teams: Mapping[int, TeamGround]
    deputyships: Mapping[int, list[tuple[date, date, int]]]
    leaves: Mapping[int, list[tuple[date, date]]]

    def is_away(self, person_id: int, day: date) -> bool:
        """Whether somebody is on leave on `day`."""
        return any(
            first <= day <= last for first, last in self.leaves.get(person_id, ())
        )

    def deputy(
        self, leader_id: int, day: date, *, unless: int | None = None
    ) -> int | None:
        """Return who chairs instead of a leader on `day`, or None.

        Nobody does in a meeting with the deputy, whom `unless` names.
        """
        for first, last, deputy_id in self.deputyships.get(leader_id, ()):
            if first <= day <= last:
                return None if deputy_id == unless else deputy_id
        return None


def ground(since: date) -> Ground:
    """Return it as it is now, with what is over by `since` left out.

    Seven queries, whatever there is.
    """
    managers = {
        pk: (tuple(line), manager if is_active else None)
        for pk, line, manager, is_active in Team.objects.order_by("pk").values_list(
            "pk", "line", "manager_id", "manager__is_active"
        )
    }
    members = defaultdict(list)
    present = Membership.objects.present().filter(user__is_active=True)
    for team, user in present.order_by("user_id").values_list("team_id", "user_id"):
        members[team].append(user)
    lines = {pk: line for pk, (line, _) in managers.items()}
    working, heights = working_times(lines), levels(lines)
    teams = {
        pk: TeamGround(
            pk=pk,
            line=line,
            leader_id=next(
                (managers[above][1] for above in reversed(line) if managers[above][1]),
                None,
            ),
            member_ids=tuple(members[pk]),
            level=heights[pk],
            working=working[pk],
        )
        for pk, (line, _) in managers.items()
    }
    return Ground(teams, _deputyships(), _leaves(since))


def team_levels() -> dict[int, int]:
    """Return how many levels of teams are below each team, by its id. One query."""
    return levels(dict(Team.objects.order_by().values_list("pk", "line")))


def working_times(lines: Mapping[int, tuple[int, ...]]) -> dict[int, WorkingTime]:
    """Return when each of some teams works, by its id. Three queries.

    lines holds the ids from the root down to each team. A team that says nothing works
    as the nearest one above does, and at last as the organisation.
    """
    calendars = {each.team_id: each for each in WorkingCalendar.objects.all()}
    days: dict[int, dict[date, str]] = defaultdict(dict)
    for of, on, name in Holiday.objects.values_list("calendar_id", "on", "name"):
        days[of][on] = name
    zone = Organisation.current().time_zone
    company = calendars.get(None) or WorkingCalendar()
    found: dict[int | None, WorkingTime] = {}
    for team_id, calendar in [*calendars.items(), (None, company)]:
        own = dict(days[company.pk]) if company.pk else {}
        own |= days[calendar.pk] if calendar.pk else {}
        found[team_id] = WorkingTime(
            zone=ZoneInfo(calendar.time_zone or company.time_zone or zone),
            weekdays=frozenset(calendar.weekdays),
            region=calendar.region,
            opens_at=calendar.opens_at,
            closes_at=calendar.closes_at,
            own=own,
        )
    return {
        pk: next((found[above] for above in reversed(line) if above in found), None)
        or found[None]
        for pk, line in lines.items()
    }


def _deputyships() -> dict[int, list[tuple[date, date, int]]]:
    found = defaultdict(list)
    rows = Deputyship.objects.filter(deputy__is_active=True).order_by("pk")
    for leader, first, last, deputy in rows.values_list(
        "leader_id", "first_on", "last_on", "deputy_id"
    ):
        found[leader].append((first, last, deputy))
    return found


def _leaves(since: date) -> dict[int, list[tuple[date, date]]]:
    found = defaultdict(list)
    rows = Leave.objects.filter(last_on__gte=since).order_by("pk")
    for person, first, last in rows.values_list("user_id", "first_on", "last_on"):
        found[person].append((first, last))
    return found
