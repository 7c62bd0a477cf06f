"""The quarters in which deals close. No database, no clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

KEY = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
# No deal closes in another year.
YEARS = range(1900, 2201)


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months; `first` is their first day."""

    first: date

    @property
    def last(self) -> date:
        return months_on(self.first, 3) - timedelta(days=1)

    @property
    def key(self) -> str:
        """How addresses name it: "2026-10"."""
        return f"{self.first:%Y-%m}"

    def name(self, fiscal_month: int) -> str:
        """Return "Q4 2026" where the fiscal year is the calendar's.

        Elsewhere "Q1 (Feb–Apr 2026)", since nobody agrees on what the year is called.
        fiscal_month is the first month of the fiscal year.
        """
        number = (self.first.month - fiscal_month) % 12 // 3 + 1
        if fiscal_month == 1:
            words = {"number": number, "year": self.first.year}
            return _("Q%(number)d %(year)d") % words
        return _("Q%(number)d (%(first)s–%(last)s)") % {
            "number": number,
            "first": date_format(self.first, "M"),
            "last": date_format(self.last, "M Y"),
        }


def quarter_from(key: str) -> Quarter | None:
    """Return the quarter that an address names, None if it names none."""
    found = KEY.fullmatch(key)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2])
    if year not in YEARS or not 1 <= month <= 12:
        return None
    return Quarter(date(year, month, 1))


def quarter_of(months: int) -> Quarter:
    """Return the quarter that begins so many months after January of the year 0."""
    return Quarter(date(months // 12, months % 12 + 1, 1))


def months_on(first: date, months: int) -> date:
    """Return the first of the month so many months on."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
