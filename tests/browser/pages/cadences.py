"""Cadences, and what they will do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from rhythm.calendar.models import (
    AgendaTemplate,
    Cadence,
    Deputyship,
    Holiday,
    Reach,
    WorkingCalendar,
)
from rhythm.people.models import Leave
from tests.browser.cases import PageCase
from tests.factories.meetings import (
    AgendaBlockFactory,
    AgendaTemplateFactory,
    CadenceFactory,
)


def cadences(get: Callable[[str], Any]) -> list[Any]:
    """Make cadences of every state, one with a long name."""
    get("rita")
    sales, central = get("sales"), get("central")
    CadenceFactory(team=None, reach=Reach.BELOW, is_mandatory=True, title="W" * 120)
    CadenceFactory(team=sales, reach=Reach.BELOW, is_mandatory=True)
    CadenceFactory(team=central, rule="FREQ=MONTHLY;BYDAY=-1FR", chair=get("omar"))
    CadenceFactory(team=central, is_active=False)
    CadenceFactory(team=central, last_on=date(2026, 2, 1))
    return []


def a_cadence(get: Callable[[str], Any]) -> list[Any]:
    cadences(get)
    return [Cadence.objects.get(rule="FREQ=MONTHLY;BYDAY=-1FR").pk]


def centrals(get: Callable[[str], Any]) -> list[Any]:
    cadences(get)
    return [get("central").pk]


def inherited(get: Callable[[str], Any]) -> list[Any]:
    return [CadenceFactory(team=get("sales"), reach=Reach.BELOW).pk, get("central").pk]


def absences(get: Callable[[str], Any]) -> list[Any]:
    """Have people be away, one stand in, and the company close for a day."""
    today = timezone.now().date()
    days = {"first_on": today, "last_on": today + timedelta(days=9)}
    get("central")
    for name in ("rita", "lena", "otto"):
        Leave.objects.create(user=get(name), **days)
    Deputyship.objects.create(leader=get("lena"), deputy=get("omar"), **days)
    company = WorkingCalendar.objects.create(team=None, region="DE-BY")
    Holiday.objects.create(calendar=company, on=days["last_on"], name="W" * 120)
    return []


def a_team(get: Callable[[str], Any]) -> list[Any]:
    return [get("central").pk]


def ritas_leave(get: Callable[[str], Any]) -> list[Any]:
    absences(get)
    return [Leave.objects.get(user=get("rita")).pk]


def weekly(get: Callable[[str], Any]) -> list[Any]:
    return ["weekly-b2b"]


def agendas(get: Callable[[str], Any]) -> list[Any]:
    """Make agendas: one that is too long for its cadence, one that is switched off."""
    get("rita")
    used = AgendaTemplateFactory(team=get("central"), name="W" * 120)
    for minutes in (10, 30, 90):
        AgendaBlockFactory(template=used, minutes=minutes, title="W" * 120, how="Do it")
    CadenceFactory(team=get("central"), kind="team_meeting", agenda=used)
    AgendaBlockFactory(template=AgendaTemplateFactory(is_active=False))
    return []


def an_agenda(get: Callable[[str], Any]) -> list[Any]:
    agendas(get)
    return [AgendaTemplate.objects.get(team=get("central")).pk]


PAGES = [
    PageCase("calendar:agenda_list", "rita"),
    PageCase("calendar:agenda_list", "lena", agendas),
    PageCase("calendar:agenda_create", "lena", agendas),
    PageCase("calendar:agenda_edit", "ada", an_agenda),
    PageCase("calendar:preread_about", "rita"),
    PageCase("calendar:cadence_list", "rita"),
    PageCase("calendar:cadence_list", "lena", cadences),
    PageCase("calendar:cadence_list", "ada", cadences),
    PageCase("calendar:cadence_create", "lena", cadences),
    PageCase("calendar:cadence_edit", "ada", a_cadence),
    PageCase("calendar:cadence_pause", "ada", a_cadence),
    PageCase("calendar:cadence_end", "ada", a_cadence),
    PageCase("calendar:team_cadences", "lena", centrals),
    PageCase("calendar:variant_edit", "lena", inherited),
    PageCase("calendar:rhythm_list", "ada"),
    PageCase("calendar:rhythm_start", "ada", weekly),
    PageCase("calendar:away", "lena", absences),
    PageCase("calendar:leave_create", "lena"),
    PageCase("calendar:leave_edit", "rita", ritas_leave),
    PageCase("calendar:deputy_create", "lena"),
    PageCase("calendar:working_list", "ada", absences),
    PageCase("calendar:working_company", "ada", absences),
    PageCase("calendar:working_team", "lena", a_team),
]
