"""Quiet hours and mornings, on every wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhythm.notices.quiet import morning, quiet_until
from rhythm.people.zones import zone_names

BERLIN = "Europe/Berlin"
ZONES = st.sampled_from(zone_names())
MINUTES = st.integers(0, 20 * 366 * 24 * 60)
MOMENTS = MINUTES.map(
    lambda each: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(minutes=each)
)
CLOCKS = st.integers(0, 24 * 60 - 1).map(lambda each: time(each // 60, each % 60))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        # 22:30, 03:00, 06:59 and 07:00 in Berlin.
        ("2026-11-20T21:30", "2026-11-21T06:00"),
        ("2026-11-20T02:00", "2026-11-20T06:00"),
        ("2026-11-20T05:59", "2026-11-20T06:00"),
        ("2026-11-20T06:00", None),
        ("2026-11-20T20:59", None),
        # The night in which the clocks go back is an hour longer.
        ("2026-10-24T20:30", "2026-10-25T06:00"),
    ],
)
def test_quiet_hours_go_over_midnight(now: str, until: str | None) -> None:
    found = quiet_until(moment(now), time(22), time(7), BERLIN)

    assert found == (moment(until) if until else None)


def test_quiet_hours_end_with_an_hour_that_the_clocks_skip() -> None:
    # 02:30 does not exist; 03:30 does.
    found = quiet_until(moment("2026-03-29T00:10"), time(1), time(2, 30), BERLIN)

    assert found == moment("2026-03-29T01:30")


def test_without_both_ends_nothing_is_quiet() -> None:
    now = moment("2026-11-20T21:30")

    assert quiet_until(now, time(22), None, BERLIN) is None
    assert quiet_until(now, time(22), time(22), BERLIN) is None


@given(MOMENTS, CLOCKS, CLOCKS, ZONES)
def test_quiet_hours_end_within_a_day_and_are_over_then(
    now: datetime, begins: time, ends: time, zone: str
) -> None:
    until = quiet_until(now, begins, ends, zone)

    if until is not None:
        # An hour more where the clocks go back, a day more where one is lost.
        assert now < until <= now + timedelta(hours=49)
        again = quiet_until(until, begins, ends, zone)
        assert again is None or again > until


@given(MOMENTS, CLOCKS, ZONES)
def test_a_morning_is_named_by_the_day_on_the_wall(
    now: datetime, at: time, zone: str
) -> None:
    found = morning(now, at, range(1, 8), zone)

    today = now.astimezone(ZoneInfo(zone)).date()
    assert found in (None, today, today - timedelta(days=1))


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-20T06:29", None),
        ("2026-11-20T06:30", date(2026, 11, 20)),
        ("2026-11-20T18:29", date(2026, 11, 20)),
        ("2026-11-20T18:30", None),
        # A Saturday.
        ("2026-11-21T08:00", None),
    ],
)
def test_a_morning_lasts_twelve_hours_of_a_weekday(now: str, day: date | None) -> None:
    assert morning(moment(now), time(7, 30), (1, 2, 3, 4, 5), BERLIN) == day


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
