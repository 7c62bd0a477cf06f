"""Cadences: everybody sees those of the own teams and above; who leads changes them.

The cadence is Central's, which Lena leads, and Vera above her.
"""

from __future__ import annotations

from typing import Any

from tests.access import World, row
from tests.factories.meetings import (
    AgendaBlockFactory,
    AgendaTemplateFactory,
    CadenceFactory,
)


def centrals(world: World) -> list[Any]:
    return [CadenceFactory(team=world.central).pk]


def paused(world: World) -> list[Any]:
    return [CadenceFactory(team=world.central, is_active=False).pk]


def said(world: World) -> dict[str, Any]:
    """Return what the form of a cadence of Central sends."""
    return {
        "kind": "forecast_call",
        "team": world.central.pk,
        "reach": "team",
        "scope": "team",
        "repeat": "weekly",
        "weekdays": ["1"],
        "weeks": "2",
        "at": "09:00",
        "minutes": "45",
        "off_days": "next",
        "first_on": "2026-01-01",
        "prepare_hours": "24",
        "preread_hours": "2",
        "version": 1,
    }


def shown(world: World) -> dict[str, Any]:
    return {"version": 1}


def inherited(world: World) -> list[Any]:
    """Return what Central has from Sales, and Central."""
    above = CadenceFactory(team=world.sales, reach="below")
    return [above.pk, world.central.pk]


def moved(world: World) -> dict[str, Any]:
    return {"version": 0, "weekdays": ["3"], "at": "11:00"}


def not_yet(world: World) -> dict[str, Any]:
    return {"version": 0}


def a_team(world: World) -> list[Any]:
    return [world.central.pk]


def rhythm(world: World) -> dict[str, Any]:
    key = "6f1c7b2e-58c5-4f2b-9a3c-2b8c4f1f0a11"
    return {
        "team": world.central.pk,
        "first_monday": "2026-11-23",
        "submission_key": key,
    }


def centrals_agenda(world: World) -> list[Any]:
    agenda = AgendaTemplateFactory(team=world.central)
    AgendaBlockFactory(template=agenda)
    return [agenda.pk]


def agenda_said(world: World) -> dict[str, Any]:
    """Return what the form of an agenda of Central sends."""
    return {
        "name": "Monday start",
        "kind": "team_meeting",
        "team": world.central.pk,
        "version": 1,
        "b-TOTAL_FORMS": "1",
        "b-INITIAL_FORMS": "0",
        "b-0-kind": "difficult_case",
        "b-0-title": "",
        "b-0-minutes": "15",
        "b-0-how": "",
    }


LED = {"lead": 302, "above": 302, "admin": 302}
ROWS = [
    row("calendar:cadence_list", everybody=200),
    row("calendar:cadence_create", everybody=403, lead=200, above=200, admin=200),
    row("calendar:cadence_create", "post", data=said, everybody=403, **LED),
    row(
        "calendar:cadence_edit",
        args=centrals,
        everybody=403,
        peer=404,
        lead=200,
        above=200,
        admin=200,
    ),
    row(
        "calendar:cadence_edit",
        "post",
        args=centrals,
        data=said,
        everybody=403,
        peer=404,
        **LED,
    ),
    *(
        row(
            f"calendar:{name}",
            "post",
            args=made,
            data=shown,
            everybody=403,
            peer=404,
            **LED,
        )
        for name, made in (
            ("cadence_pause", centrals),
            ("cadence_resume", paused),
            ("cadence_end", centrals),
        )
    ),
    *(
        row(
            f"calendar:{name}",
            args=centrals,
            everybody=403,
            peer=404,
            lead=200,
            above=200,
            admin=200,
        )
        for name in ("cadence_pause", "cadence_end")
    ),
    row("calendar:agenda_list", everybody=200),
    row("calendar:preread_about", everybody=200),
    row("calendar:agenda_create", everybody=403, lead=200, above=200, admin=200),
    row("calendar:agenda_create", "post", data=agenda_said, everybody=403, **LED),
    row(
        "calendar:agenda_edit",
        args=centrals_agenda,
        everybody=403,
        peer=404,
        lead=200,
        above=200,
        admin=200,
    ),
    *(
        row(
            f"calendar:{name}",
            "post",
            args=centrals_agenda,
            data=data,
            everybody=403,
            peer=404,
            **LED,
        )
        for name, data in (("agenda_edit", agenda_said), ("agenda_switch", shown))
    ),
    row("calendar:team_cadences", args=a_team, everybody=200),
    row(
        "calendar:variant_edit",
        args=inherited,
        everybody=403,
        lead=200,
        above=200,
        admin=200,
    ),
    row(
        "calendar:variant_edit",
        "post",
        args=inherited,
        data=moved,
        everybody=403,
        **LED,
    ),
    *(
        row(
            f"calendar:{name}",
            "post",
            args=inherited,
            data=not_yet,
            everybody=403,
            **LED,
        )
        for name in ("variant_drop", "variant_back")
    ),
    row("calendar:rhythm_list", everybody=403, lead=200, above=200, admin=200),
    row(
        "calendar:rhythm_start",
        args=["weekly-b2b"],
        everybody=403,
        lead=200,
        above=200,
        admin=200,
    ),
    row(
        "calendar:rhythm_start",
        "post",
        args=["weekly-b2b"],
        data=rhythm,
        everybody=403,
        **LED,
    ),
]
