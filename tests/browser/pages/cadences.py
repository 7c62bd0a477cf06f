"""Cadences, and what they will do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from rhythm.calendar.models import Cadence, Reach
from tests.browser.cases import PageCase
from tests.factories.meetings import CadenceFactory


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


def weekly(get: Callable[[str], Any]) -> list[Any]:
    return ["weekly-b2b"]


PAGES = [
    PageCase("calendar:cadence_list", "rita"),
    PageCase("calendar:cadence_list", "lena", cadences),
    PageCase("calendar:cadence_list", "ada", cadences),
    PageCase("calendar:cadence_create", "lena", cadences),
    PageCase("calendar:cadence_edit", "ada", a_cadence),
    PageCase("calendar:team_cadences", "lena", centrals),
    PageCase("calendar:variant_edit", "lena", inherited),
    PageCase("calendar:rhythm_list", "ada"),
    PageCase("calendar:rhythm_start", "ada", weekly),
]
