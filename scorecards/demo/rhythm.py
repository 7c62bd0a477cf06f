"""The rules by which the demo meets, and when people are away."""

from __future__ import annotations

from datetime import date, time, timedelta

from rhythm.calendar.models import (
    Cadence,
    CadenceVariant,
    Deputyship,
    Holiday,
    WorkingCalendar,
)
from rhythm.calendar.rhythms import WEEKLY
from rhythm.calendar.services.rhythms import agenda_of, values_of
from rhythm.people.models import Leave
from scorecards.demo import kept
from scorecards.demo.days import Days
from scorecards.demo.organisation import Company

# Whose region has other public holidays than the company's, which are Germany's.
REGIONS = {"West": "GB-ENG", "North": "SE", "Overseas": "US"}
SATURDAY = 5
# Who is away: from so many days on, for so many.
AWAY = (("rita", 16, 5), ("lena", 9, 5), ("pavel", 2, 3))


def set_going(company: Company, days: Days) -> None:
    """Have the weekly rhythm go on; the planner makes the meetings that are ahead.

    Part of it is old, and was kept as leaders do. The next reviews were planned by
    hand, so the rule that calls them begins in the week after.
    """
    today = days.on(0)
    _working_time(company, today)
    monday = today - timedelta(days=today.weekday())
    # At a weekend the next review is that of the week to come.
    first = monday + timedelta(weeks=2 if today.weekday() >= SATURDAY else 1)
    sales = company.teams["Sales"]
    by = company.people["ada"]
    cadences = [
        Cadence(
            **values_of(beat, sales, kept.begins_on(beat.kind, monday, first), ""),
            agenda=agenda_of(beat, sales, by=by),
            created_by=by,
        )
        for beat in WEEKLY.beats
    ]
    Cadence.objects.bulk_create(cadences)
    kept.keep(cadences, company, days)
    review = cadences[1]
    # West meets its customers in the morning.
    CadenceVariant.objects.create(
        cadence=review, team=company.teams["West"], at=time(14, 30)
    )
    Leave.objects.bulk_create(
        Leave(
            user=company.people[key],
            first_on=today + timedelta(days=ahead),
            last_on=today + timedelta(days=ahead + lasts - 1),
        )
        for key, ahead, lasts in AWAY
    )
    Deputyship.objects.create(
        leader=company.people["lena"],
        deputy=company.people["ines"],
        first_on=today + timedelta(days=9),
        last_on=today + timedelta(days=13),
    )


def _working_time(company: Company, today: date) -> None:
    organisation = WorkingCalendar.objects.create(team=None, region="DE")
    year = today.year if today < date(today.year, 12, 24) else today.year + 1
    Holiday.objects.create(
        calendar=organisation, on=date(year, 12, 24), name="Company holiday"
    )
    for name, region in REGIONS.items():
        team = company.teams[name]
        manager = team.manager
        assert manager is not None  # every team of the demo has one
        WorkingCalendar.objects.create(
            team=team, region=region, time_zone=manager.time_zone
        )
