"""Values of an import's rows as people read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.formats import date_format

from pipeline.opportunities.models import AmountSource

LONGEST = 120
NUMBERS = frozenset({"amount", "list_price", "employees", "revenue"})
DAYS = frozenset({"close_on", "closed_on", "opened_on", "next_step_on"})


def value_text(field: str, value: object) -> str:
    """Return a value that a row says of a field, "" for none.

    Numbers and days come as JSON has them; what is neither stays as it is.
    """
    text = "" if value is None else str(value)
    if field == "amount_source" and text in AmountSource.values:
        return str(AmountSource(text).label)
    if field in NUMBERS:
        return _number(text)
    if field in DAYS:
        return _day(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _number(text: str) -> str:
    try:
        return f"{Decimal(text):,.2f}".removesuffix(".00")
    except InvalidOperation:
        return text


def _day(text: str) -> str:
    try:
        return date_format(date.fromisoformat(text), "j M Y")
    except ValueError:
        return text
