"""Amounts, shares and dates as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rhythm.web import formats

TODAY = date(2026, 11, 19)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("184000.00"), "EUR", "€184,000"),
        (Decimal("1234.5"), "USD", "$1,234.50"),
        (0, "EUR", "€0"),
        (-5, "GBP", "−£5"),
        (10, "CHF", "CHF\N{NO-BREAK SPACE}10"),
        (None, "EUR", "–"),
    ],
)
def test_money_shows_cents_only_where_there_are_any(amount, currency, text):
    assert formats.money(amount, currency) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal(1_340_000), "€1.34m"),
        (Decimal(184_000), "€184k"),
        (Decimal(950), "€950"),
        (Decimal("999.4"), "€999"),
        (Decimal("999.6"), "€1k"),
        (Decimal(999_499), "€999k"),
        (Decimal(999_500), "€1.00m"),
        (Decimal(2_500_000_000), "€2.50bn"),
        (Decimal(-184_000), "−€184k"),
        (None, "–"),
    ],
)
def test_short_money_never_rounds_up_to_a_thousand_thousands(amount, text):
    assert formats.money_short(amount, "EUR") == text


def test_percent_has_a_no_break_space_and_nothing_is_a_dash():
    assert formats.percent(Decimal("0.63")) == "63\N{NO-BREAK SPACE}%"
    assert formats.percent(0.005) == "1\N{NO-BREAK SPACE}%"
    assert formats.percent(None) == "–"


def test_a_day_says_its_year_only_when_that_is_another():
    assert formats.day(date(2026, 11, 19), TODAY) == "Thu 19 Nov"
    assert formats.day(date(2027, 1, 5), TODAY) == "Tue 5 Jan 2027"
    assert formats.day(None, TODAY) == "–"


def test_a_moment_says_day_and_time():
    moment = datetime(2026, 11, 19, 14, 52, tzinfo=UTC)
    assert formats.day_clock(moment, TODAY) == "Thu 19 Nov, 14:52"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (19, "today"),
        (20, "tomorrow"),
        (18, "yesterday"),
        (22, "in 3 days"),
        (16, "3 days ago"),
    ],
)
def test_a_near_day_is_told_from_today(day, text):
    assert formats.relative_day(date(2026, 11, day), TODAY) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Rita Sol", "RS"),
        ("Rita", "R"),
        ("Anna Maria van Dijk", "AD"),
        ("rita@example.com", "RE"),
        ("", "?"),
        ("(…)", "?"),
        ("Émile Zola", "ÉZ"),
    ],
)
def test_initials_are_two_letters_at_most(name, text):
    assert formats.initials(name) == text


def test_a_count_separates_its_thousands():
    assert [formats.count(each) for each in (0, 999, 2089)] == ["0", "999", "2,089"]
