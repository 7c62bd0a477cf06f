"""Leave: one's own, and that of the people one leads. Working hours: of teams led."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from rhythm.calendar.models import Deputyship, Holiday, WorkingCalendar
from rhythm.people.models import Leave
from tests.access import World, row

DAYS = {"first_on": date(2030, 1, 7), "last_on": date(2030, 1, 9)}
SOON = timezone.localdate() + timedelta(days=60)
SENT = {"first_on": SOON, "last_on": SOON + timedelta(days=1), "version": 1}


def ritas_leave(world: World) -> list[Any]:
    return [Leave.objects.create(user=world.rita, **DAYS).pk]


def ritas(world: World) -> dict[str, Any]:
    return SENT | {"user": world.rita.pk}


def lenas_deputy(world: World) -> list[Any]:
    made = Deputyship.objects.create(leader=world.lena, deputy=world.max, **DAYS)
    return [made.pk]


def deputy(world: World) -> dict[str, Any]:
    return SENT | {"leader": world.lena.pk, "deputy": world.max.pk}


def hours(world: World) -> dict[str, Any]:
    return {
        "version": 0,
        "weekdays": ["0", "1"],
        "opens_at": "09:00",
        "closes_at": "17:00",
        "country": "DE",
        "part": "Bayern",
    }


def a_team(world: World) -> list[Any]:
    return [world.central.pk]


def a_calendar(world: World) -> list[Any]:
    found, _made = WorkingCalendar.objects.get_or_create(team=world.central)
    return [found.pk]


def a_team_of_its_own(world: World) -> list[Any]:
    a_calendar(world)
    return [world.central.pk]


def a_day_off(world: World) -> list[Any]:
    [pk] = a_calendar(world)
    day = Holiday.objects.create(calendar_id=pk, on=date(2030, 12, 24), name="Eve")
    return [pk, day.pk]


LED = {"lead": 302, "above": 302, "admin": 302}
OPEN = {"lead": 200, "above": 200, "admin": 200}
ROWS = [
    row("calendar:away", everybody=200),
    row("calendar:leave_create", everybody=200),
    row("calendar:leave_create", "post", data=ritas, everybody=422, owner=302, **LED),
    row(
        "calendar:leave_edit",
        args=ritas_leave,
        everybody=403,
        peer=404,
        owner=200,
        **OPEN,
    ),
    row(
        "calendar:leave_edit",
        "post",
        args=ritas_leave,
        data=SENT,
        everybody=403,
        peer=404,
        owner=302,
        **LED,
    ),
    row(
        "calendar:leave_remove",
        "post",
        args=ritas_leave,
        data={"version": 1},
        everybody=403,
        peer=404,
        owner=302,
        **LED,
    ),
    row("calendar:deputy_create", everybody=200),
    row("calendar:deputy_create", "post", data=deputy, everybody=422, **LED),
    row("calendar:deputy_remove", "post", args=lenas_deputy, everybody=403, **LED),
    row("calendar:working_list", everybody=200),
    row("calendar:working_company", everybody=403, admin=200),
    row("calendar:working_company", "post", data=hours, everybody=403, admin=302),
    row("calendar:working_team", args=a_team, everybody=403, **OPEN),
    row("calendar:working_team", "post", args=a_team, data=hours, everybody=403, **LED),
    row(
        "calendar:working_above",
        "post",
        args=a_team_of_its_own,
        data={"version": 1},
        everybody=403,
        **LED,
    ),
    row(
        "calendar:day_off_add",
        "post",
        args=a_calendar,
        data={"on": "2030-12-31", "name": "Eve"},
        everybody=403,
        **LED,
    ),
    row("calendar:day_off_remove", "post", args=a_day_off, everybody=403, **LED),
]
