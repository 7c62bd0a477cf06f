"""The clock is set, and the rules of a zone change: nothing is doubled or lost."""

from __future__ import annotations

import shutil
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest

from rhythm.calendar.models import Meeting, MeetingState
from rhythm.clock import TICKS, call_all
from rhythm.notices.models import Notice
from rhythm.ticks.models import Tick
from tests.factories.meetings import CadenceFactory

pytestmark = pytest.mark.django_db

# A Monday; the review is on Tuesday at nine in Berlin.
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TUESDAY_NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def tick(at: datetime) -> None:
    assert not call_all(TICKS, Tick.objects.create(at=at))


def counts() -> tuple[int, int, int]:
    """Return how many meetings there are, are planned, and how many notices."""
    planned = Meeting.objects.filter(state=MeetingState.PLANNED)
    return Meeting.objects.count(), planned.count(), Notice.objects.count()


def test_a_clock_that_steps_an_hour_forth_and_back_says_nothing_twice(central, rita):
    CadenceFactory(team=central, remind_minutes=[60])
    for at in (MONDAY, TUESDAY_NINE - 59 * MINUTE):
        tick(at)
    reminded = Notice.objects.filter(kind="meetings.reminder")
    assert reminded.filter(recipient=rita).count() == 1
    before = counts()

    for step in (-HOUR, 0 * HOUR, -HOUR, 30 * MINUTE):
        tick(TUESDAY_NINE - 58 * MINUTE + step)

    assert counts() == before


def test_a_clock_that_was_ahead_and_is_set_right_keeps_what_it_called(central, rita):
    CadenceFactory(team=central, remind_minutes=[60])
    tick(MONDAY)
    # Two hours ahead: by that clock nobody began it.
    tick(TUESDAY_NINE + 2 * HOUR)
    assert Meeting.objects.get(state=MeetingState.MISSED).starts_at == TUESDAY_NINE
    before = counts()

    tick(TUESDAY_NINE)
    tick(TUESDAY_NINE + 2 * HOUR)

    assert counts() == before


@pytest.fixture
def other_rules(tmp_path: Path) -> Iterator[Path]:
    """Have zones read from a folder that is empty as yet, and put it right again."""
    yield tmp_path
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


def test_a_zone_whose_rules_change_keeps_its_hour_on_the_wall(
    central, rita, other_rules
):
    cadence = CadenceFactory(team=central, time_zone="Africa/Casablanca")
    tick(MONDAY)
    ahead = Meeting.objects.filter(state=MeetingState.PLANNED)
    first = ahead.earliest("starts_at")
    # An hour ahead of UTC, all but one month of the year.
    assert first.starts_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    keys = list(ahead.order_by("pk").values_list("pk", "key_on"))

    # The country gives that up: its wall is that of Lisbon from now on.
    folder = other_rules / "Africa"
    folder.mkdir()
    lisbon = resources.files("tzdata.zoneinfo.Europe") / "Lisbon"
    with resources.as_file(lisbon) as file:
        shutil.copy(file, folder / "Casablanca")
    zoneinfo.reset_tzpath([str(other_rules)])
    zoneinfo.ZoneInfo.clear_cache()
    tick(MONDAY + timedelta(hours=26))

    first.refresh_from_db()
    assert first.starts_at == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert first.key_on == date(2026, 11, 24)
    now = list(ahead.order_by("pk").values_list("pk", "key_on"))
    assert now[: len(keys)] == keys
    assert set(Meeting.objects.values_list("cadence", flat=True)) == {cadence.pk}
