"""On which days somebody works, and who leads whom: whom to ask, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rhythm.calendar.selectors.ground import Ground, ground
from rhythm.calendar.working import WorkingTime
from rhythm.people.models import User

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Workdays:
    """When people work, as far back as it was asked for."""

    around: Ground
    # The team that each person is in.
    teams: dict[int, int]
    # The first team that each leader leads.
    led: dict[int, int]

    def is_off(self, person: User, day: date) -> bool:
        """Whether somebody is on leave on `day`, or their team does not work."""
        if self.around.is_away(person.pk, day):
            return True
        return self._working(person).is_off(day)

    def worked(self, person: User, after: date, today: date) -> int:
        """Return how many working days there were after a day, today included."""
        days = (after + DAY * n for n in range(1, (today - after).days + 1))
        return sum(not self.is_off(person, each) for each in days)

    def is_between(self, person: User, first: int, last: int, now: datetime) -> bool:
        """Whether somebody works today, and it is from hour to hour on their wall."""
        today = person.today(now)
        return is_hour(person, first, last, now) and not self.is_off(person, today)

    def above(self, person: User, team: int | None) -> int | None:
        """Return who leads somebody, one level up; None at the top.

        team is where somebody without a team of their own runs a meeting.
        """
        at = self.teams.get(person.pk) or team
        line = reversed(self.around.teams[at].line) if at else iter(())
        leaders = (self.around.teams[pk].leader_id for pk in line)
        return next((pk for pk in leaders if pk and pk != person.pk), None)

    def _working(self, person: User) -> WorkingTime:
        team = self.teams.get(person.pk) or self.led.get(person.pk)
        if team is None:
            return WorkingTime(zone=ZoneInfo(person.time_zone))
        return self.around.teams[team].working


def workdays(since: date) -> Workdays:
    """Return it as it is now. As many queries as `ground`, whatever there is."""
    around = ground(since)
    all_teams = around.teams.values()
    teams = {member: team.pk for team in all_teams for member in team.member_ids}
    led: dict[int, int] = {}
    for each in all_teams:
        if each.leader_id:
            led.setdefault(each.leader_id, each.pk)
    return Workdays(around, teams, led)


def is_hour(person: User, first: int, last: int, now: datetime) -> bool:
    """Whether it is from hour to hour on somebody's wall, whatever the day."""
    return first <= now.astimezone(ZoneInfo(person.time_zone)).hour < last
