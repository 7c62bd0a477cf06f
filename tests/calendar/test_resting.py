"""Cadences that call nothing, or soon nothing more, in the list."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rhythm.calendar.services import cadences as services
from rhythm.calendar.services import plan_due
from tests.calendar.test_cadences import LIST, NOW, page, rows
from tests.factories.meetings import CadenceFactory
from tests.test_access import world

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def test_paused_and_ended_ones_stand_apart(as_user, world):
    CadenceFactory(team=world.central, is_active=False)
    CadenceFactory(team=world.central, last_on=date(2026, 2, 1))

    shown = page(as_user(world.lena), LIST)

    assert "Paused or ended" in shown
    assert "Resume Pipeline review" in shown


def test_what_was_just_paused_has_no_next_meeting(as_user, world, time_machine):
    time_machine.move_to(NOW)
    made = CadenceFactory(team=world.central)
    plan_due(now=NOW)

    services.pause_cadence(made, by=world.lena, shown_version=None)

    assert "Next:" not in page(as_user(world.lena), LIST)


@pytest.mark.parametrize(
    ("hour", "state", "next_one"), [(6, "", "Tue 24 Nov, 09:00"), (9, "ended", "")]
)
def test_one_that_ends_today_has_ended_once_nothing_is_ahead(
    as_user, world, time_machine, hour, state, next_one
):
    made = CadenceFactory(team=world.central)
    plan_due(now=NOW)
    now = datetime(2026, 11, 24, hour, 0, tzinfo=UTC)
    time_machine.move_to(now)

    services.end_cadence(made, on=now.date(), by=world.lena, shown_version=None)

    (row,) = rows(as_user(world.lena).get(LIST).context["cadences"])
    assert (row.state, row.next) == (state, next_one)
