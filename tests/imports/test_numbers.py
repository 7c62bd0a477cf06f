"""Amounts with points, commas, signs and worse. No database."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.imports.numbers import (
    COMMA,
    POINT,
    NotAnAmount,
    NumberColumn,
    parse_amount,
)


def marks(*values: str) -> tuple[str, ...]:
    column = NumberColumn()
    for value in values:
        column.watch(value)
    return column.marks()


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (("1054", "550"), (POINT,)),
        (("587.34", "1100.04", "4618"), (POINT,)),
        (("1.054,50", "12,00"), (COMMA,)),
        (("1,100", "26,768"), (POINT, COMMA)),
        (("1,100", "26,768.50"), (POINT,)),
        (("€ 1.250,00", "€ 300,00"), (COMMA,)),
        (("Acme", "Bolt"), ()),
        ((), ()),
    ],
)
def test_the_decimal_mark_is_found_from_all_values(
    values: tuple[str, ...], found: tuple[str, ...]
) -> None:
    assert marks(*values) == found


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("1,234.56", POINT, "1234.56"),
        ("1.234,56", COMMA, "1234.56"),
        ("$1,234.50", POINT, "1234.50"),
        ("1 234,50 €", COMMA, "1234.50"),
        ("CHF 1'234.50", POINT, "1234.50"),
        ("1.5E+05", POINT, "150000.00"),
        ("0", POINT, "0.00"),
        (".5", POINT, "0.50"),
        ("0.005", POINT, "0.01"),
    ],
)
def test_a_cell_means_an_amount(text: str, mark: str, amount: str) -> None:
    assert parse_amount(text, mark) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1e400", "1e400 is more than 999,999,999,999.99"),
        ("1000000000000", "1000000000000 is more than 999,999,999,999.99"),
        ("-5", "-5 is negative"),
        ("(5.00)", "(5.00) is negative"),
        ("Infinity", "Infinity is not an amount"),
        ("NaN", "NaN is not an amount"),
        ("12,34,56", "12,34,56 is not an amount"),
        ("=1+1", "=1+1 is not an amount"),
        ("١٢٣", "١٢٣ is not an amount"),
        ("1" * 500, f"{'1' * 60} is not an amount"),
    ],
)
def test_what_is_no_amount_says_why(text: str, why: str) -> None:
    with pytest.raises(NotAnAmount) as error:
        parse_amount(text, POINT)
    assert str(error.value) == why
