"""How the tests of the planner plan, and read what it planned."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from rhythm.calendar import services
from rhythm.calendar.models import (
    Cadence,
    Meeting,
)

BERLIN = ZoneInfo("Europe/Berlin")
# A Monday.
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def plan(now: datetime = NOW):
    return services.plan_due(now=now)


def replan(cadence: Cadence, now: datetime = NOW, **values):
    """Change the cadence as its form does, and plan."""
    anew = {"plan_at": None, "planned_through": None}
    Cadence.objects.filter(pk=cadence.pk).update(**(anew | values))
    return plan(now)


def days(**lookup) -> list[date]:
    found = Meeting.objects.filter(**lookup).order_by("starts_at")
    return [each.starts_at.astimezone(BERLIN).date() for each in found]


def one_on_one(person, key: date = date(2026, 12, 1)) -> Meeting:
    return Meeting.objects.get(person=person, key_on=key)


def berlin(meeting: Meeting) -> str:
    return f"{meeting.starts_at.astimezone(BERLIN):%a %H:%M}"
