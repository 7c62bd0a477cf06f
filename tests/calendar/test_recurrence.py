"""When rules fall: over clock changes, odd months, year ends and days off."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given
from hypothesis import strategies as st

from rhythm.calendar.recurrence import (
    OffDays,
    Rule,
    check,
    daily,
    moment,
    monthly_by_day,
    monthly_by_weekday,
    occurrences,
    weekly,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = sorted(available_timezones())
DAYS = st.dates(date(1990, 1, 1), date(2037, 1, 1))
RULES = st.one_of(
    st.just(daily()),
    st.builds(
        lambda days, every: weekly(*days, every=every),
        st.sets(st.integers(0, 6), min_size=1),
        st.integers(1, 5),
    ),
    st.builds(
        monthly_by_weekday,
        st.sampled_from((1, 2, 3, 4, 5, -1)),
        st.integers(0, 6),
        st.integers(1, 4),
    ),
    st.builds(monthly_by_day, st.integers(1, 31), st.integers(1, 4)),
)


def a_rule(text: str, first_on: date, at: time = time(9), **values: object) -> Rule:
    told: dict[str, object] = {"zone": BERLIN, "minutes": 45} | values
    return Rule(text, first_on, at, **told)  # type: ignore[arg-type]


def days(rule: Rule, first: date, last: date) -> list[date]:
    return [each.on for each in occurrences(rule, first, last)]


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        # In winter and in summer nine o'clock is nine o'clock.
        ("Europe/Berlin", "2026-03-28T09:00", "2026-03-28T08:00"),
        ("Europe/Berlin", "2026-03-30T09:00", "2026-03-30T07:00"),
        # Half past two does not exist, and is half past three.
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30"),
        # It comes twice, and is the first.
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
        # Half an hour is skipped: a quarter past two is a quarter to three.
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45"),
        # Back for Ramadan, and forth again.
        ("Africa/Casablanca", "2026-02-14T09:00", "2026-02-14T08:00"),
        ("Africa/Casablanca", "2026-02-16T09:00", "2026-02-16T09:00"),
        ("Africa/Casablanca", "2026-03-23T09:00", "2026-03-23T08:00"),
    ],
)
def test_wall_times_are_moments_over_clock_changes(
    zone: str, wall: str, utc: str
) -> None:
    told = datetime.fromisoformat(wall)

    found = moment(told.date(), told.time(), ZoneInfo(zone))

    assert found == datetime.fromisoformat(f"{utc}Z")


def test_on_a_day_that_never_was_nothing_falls() -> None:
    apia = ZoneInfo("Pacific/Apia")
    rule = a_rule("FREQ=DAILY", date(2011, 12, 1), zone=apia)

    found = occurrences(rule, date(2011, 12, 29), date(2011, 12, 31))

    assert [each.key.day for each in found] == [29, 31]
    assert found[1].starts_at - found[0].starts_at == timedelta(days=1)


def test_a_fifth_friday_is_only_in_months_that_have_one() -> None:
    rule = a_rule(monthly_by_weekday(5, 4), date(2026, 1, 1))

    assert days(rule, date(2026, 1, 1), date(2026, 8, 31)) == [
        date(2026, 1, 30),
        date(2026, 5, 29),
        date(2026, 7, 31),
    ]


def test_the_31st_is_the_last_day_of_shorter_months() -> None:
    rule = a_rule(monthly_by_day(31), date(2027, 12, 1), off_days=OffDays.KEEP)

    assert days(rule, date(2027, 12, 1), date(2028, 4, 30)) == [
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
        date(2028, 4, 30),
    ]


def test_every_second_week_goes_on_over_a_year_of_53_weeks() -> None:
    rule = a_rule(weekly(1, every=2), date(2025, 12, 30))

    found = days(rule, date(2026, 12, 1), date(2027, 2, 1))

    assert date(2026, 12, 29).isocalendar().week == 53
    assert found == [
        date(2026, 12, 1),
        date(2026, 12, 15),
        date(2026, 12, 29),
        date(2027, 1, 12),
        date(2027, 1, 26),
    ]


@pytest.mark.parametrize(
    ("off_days", "on"),
    [
        (OffDays.KEEP, [25]),
        (OffDays.NEXT, [28]),
        (OffDays.PREVIOUS, [24]),
        (OffDays.DROP, []),
    ],
)
def test_what_falls_on_a_day_off_goes_where_it_was_told(
    off_days: OffDays, on: list[int]
) -> None:
    # Christmas Day, and the weekend after it.
    off = {date(2026, 12, day) for day in (25, 26, 27)}
    rule = a_rule(monthly_by_day(25), date(2026, 1, 1), off_days=off_days)

    found = occurrences(
        rule, date(2026, 12, 1), date(2026, 12, 31), is_off=off.__contains__
    )

    assert [each.on.day for each in found] == on
    # It is known by the day of its rule, wherever it went.
    assert all(each.key == date(2026, 12, 25) for each in found)


def test_two_of_one_rule_never_share_a_day() -> None:
    thursday = date(2026, 5, 14)
    rule = a_rule(daily(), date(2026, 1, 1))

    found = occurrences(
        rule, thursday, thursday + timedelta(days=1), is_off=lambda day: day == thursday
    )

    assert [each.key for each in found] == [thursday + timedelta(days=1)]


def test_a_day_is_put_off_no_further_than_anybody_waits() -> None:
    rule = a_rule(monthly_by_day(1), date(2026, 1, 1))

    assert not occurrences(
        rule, date(2026, 8, 1), date(2026, 8, 31), is_off=lambda day: day.month == 8
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;COUNT=3",
        "FREQ=WEEKLY;UNTIL=20270101",
        "FREQ=HOURLY",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=999",
        "FREQ=WEEKLY;BYHOUR=9",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2",
        "INTERVAL=2",
    ],
)
def test_a_rule_that_is_none_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check(text)


@pytest.mark.parametrize(
    ("weekdays", "found"),
    [
        # From a Wednesday on.
        ((1,), [date(2026, 12, 1), date(2026, 12, 15)]),
        ((2,), [date(2026, 11, 25), date(2026, 12, 9)]),
        ((4,), [date(2026, 11, 27), date(2026, 12, 11)]),
        # The week of the first one has both days, as any other.
        ((1, 4), [date(2026, 11, 27), date(2026, 12, 8), date(2026, 12, 11)]),
    ],
)
def test_the_first_such_day_is_the_first_one_of_every_second_week(
    weekdays: tuple[int, ...], found: list[date]
) -> None:
    rule = a_rule(weekly(*weekdays, every=2), date(2026, 11, 25))

    assert days(rule, date(2026, 11, 1), date(2026, 12, 20)) == found
    assert days(rule, found[-1], date(2026, 12, 20)) == found[-1:]


@given(text=RULES, first_on=DAYS, ahead=st.integers(0, 3000), length=st.integers(0, 90))
def test_an_old_rule_falls_as_if_it_were_counted_from_its_beginning(
    text: str, first_on: date, ahead: int, length: int
) -> None:
    first = first_on + timedelta(days=ahead)
    last = first + timedelta(days=length)
    rule = a_rule(text, first_on, off_days=OffDays.KEEP)

    # RFC 5545 wants a beginning on which the rule falls.
    each_week = re.sub("INTERVAL=[0-9]+;", "", text) if "WEEKLY" in text else text
    begun = next(iter(rrulestr(each_week, dtstart=datetime.combine(first_on, time()))))
    plain = rrulestr(text + ";WKST=MO", dtstart=begun)
    between = plain.between(
        datetime.combine(first, time()), datetime.combine(last, time()), inc=True
    )

    assert days(rule, first, last) == [each.date() for each in between]


@given(
    text=RULES,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    first=DAYS,
    at=st.times(),
    cut=st.integers(0, 60),
)
@example(daily(), ZoneInfo("Pacific/Apia"), date(2011, 12, 20), time(9), 10)
@example(daily(), ZoneInfo("Australia/Lord_Howe"), date(2026, 9, 20), time(2, 15), 14)
def test_one_a_day_at_the_hour_told_however_the_days_are_asked_for(
    text: str, zone: ZoneInfo, first: date, at: time, cut: int
) -> None:
    rule = a_rule(text, first, at.replace(microsecond=0), zone=zone)
    last, middle = first + timedelta(days=60), first + timedelta(days=cut)

    found = occurrences(rule, first, last)

    parts = occurrences(rule, first, middle)
    parts += occurrences(rule, middle + timedelta(days=1), last)
    assert found == parts
    assert len({each.key for each in found}) == len(found)
    for each in found:
        wall = each.starts_at.astimezone(zone)
        assert wall.date() == each.on
        # Later only where the clocks skipped the hour.
        assert wall.time() >= rule.at
        exists = wall.replace(tzinfo=None) == datetime.combine(each.on, rule.at)
        gap = wall.utcoffset() != (wall - timedelta(hours=3)).utcoffset()
        assert exists or gap
