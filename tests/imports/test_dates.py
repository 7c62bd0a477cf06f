"""Which order a column of dates uses, and what a cell means. No database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.imports.dates import (
    DAY_FIRST,
    ISO,
    MONTH_FIRST,
    NotADate,
    parse_date,
    parse_moment,
    read_order,
)

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["2016-10-20", "2017-03-01"], ISO),
        (["10/20/2016", "3/1/2017"], MONTH_FIRST),
        (["20-10-16", "01-03-17"], DAY_FIRST),
        (["30-10-16", "01-12-17"], DAY_FIRST),
        (["02/23/26 08:55 PM", "01/05/26 09:00 AM"], MONTH_FIRST),
        (["2026-02-23T20:55:00Z"], ISO),
        (["31.12.2025", "1.2.2026"], DAY_FIRST),
        (["20170301"], ISO),
    ],
)
def test_the_order_is_found_from_all_values(values: list[str], order: str) -> None:
    assert read_order(values).order == order


def test_values_that_read_both_ways_are_ambiguous() -> None:
    reading = read_order(["01/02/2026", "03/04/2026"])
    assert reading.is_ambiguous
    assert set(reading.orders) == {DAY_FIRST, MONTH_FIRST}


def test_one_telling_value_settles_the_column() -> None:
    ambiguous = [f"0{day}/0{month}/2026" for day in range(1, 9) for month in (1, 2)]
    assert read_order([*ambiguous, "13/01/2026"]).order == DAY_FIRST


def test_values_that_mean_the_same_both_ways_need_no_question() -> None:
    assert not read_order(["01/01/2026", "02/02/2026"]).is_ambiguous


def test_a_few_days_that_do_not_exist_do_not_hide_the_order() -> None:
    values = [f"{day}.01.2026" for day in range(1, 31)]
    reading = read_order([*values, "31.02.2026"])
    assert reading.order == DAY_FIRST
    assert reading.unread == 1


def test_a_column_of_two_spellings_is_asked_about() -> None:
    days = [f"{day}/01/2026" for day in range(13, 29)]
    months = [f"01/{day}/2026" for day in range(13, 29)]
    assert read_order([*days, *months]).is_ambiguous


@pytest.mark.parametrize(
    "values", [["Acme", "Bolt"], ["12", "1054"], ["5550"], ["1.5", "2.25"]]
)
def test_texts_and_numbers_are_no_dates(values: list[str]) -> None:
    assert read_order(values).orders == ()


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("01-03-17", DAY_FIRST, date(2017, 3, 1)),
        ("1 Mar 2017", ISO, date(2017, 3, 1)),
        ("Mar 1, 2017", DAY_FIRST, date(2017, 3, 1)),
        ("02/23/26 08:55 PM", MONTH_FIRST, date(2026, 2, 23)),
        ("99-12-31", ISO, date(1999, 12, 31)),
    ],
)
def test_a_cell_means_a_day(text: str, order: str, day: date) -> None:
    assert parse_date(text, order, BERLIN) == day


def test_a_moment_with_a_zone_of_its_own_is_a_day_where_we_are() -> None:
    assert parse_date("2017-03-01T23:30:00Z", ISO, BERLIN) == date(2017, 3, 2)
    moment = parse_moment("2017-03-01 23:30 +01:00", ISO, BERLIN)
    assert moment.astimezone(UTC) == datetime(2017, 3, 1, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("31.02.2026", "31.02.2026 is not a day of the calendar"),
        ("soon", "soon is not a date"),
        ("9999-01-01", "9999-01-01 is outside the years 1950 to 2100"),
        ("0001-01-01", "0001-01-01 is outside the years 1950 to 2100"),
        ("2026-01-01 25:00", "2026-01-01 25:00 is not a date"),
        ("1" * 5000, f"{'1' * 40}… is not a date"),
        ("१२/०३/२०२६", "१२/०३/२०२६ is not a day of the calendar"),
    ],
)
def test_what_is_no_date_says_why(text: str, why: str) -> None:
    order = ISO if text[:4].isdigit() and text.isascii() else DAY_FIRST
    if not text.isascii():
        # Digits of other scripts are read, or refused, but never break anything.
        parse_date(text, order, BERLIN)
        return
    with pytest.raises(NotADate) as error:
        parse_date(text, order, BERLIN)
    assert str(error.value) == why
