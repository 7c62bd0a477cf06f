"""How amounts, shares and dates are written on screen, in mails and in files.

Plain functions, so that selectors format once and templates print plain values.
None is always "–", which never stands for zero.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils import dateformat
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

NOTHING = "–"
NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
SYMBOLS = {
    "EUR": "€",
    "USD": "$",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "CAD": "CA$",
    "AUD": "A$",
    "NZD": "NZ$",
    "BRL": "R$",
    "KRW": "₩",
    "ILS": "₪",
    "TRY": "₺",
    "PLN": "PLN" + NO_BREAK,
}


def _signed(amount: Decimal, currency: str, figures: str) -> str:
    symbol = SYMBOLS.get(currency, f"{currency}{NO_BREAK}" if currency else "")
    return f"{MINUS if amount < 0 else ''}{symbol}{figures}"


def money(amount: Decimal | int | None, currency: str) -> str:
    """Return "€184,000", with cents only where there are any.

    currency is an ISO code.
    """
    if amount is None:
        return NOTHING
    exact = Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)
    is_whole = exact == exact.to_integral_value()
    return _signed(exact, currency, f"{abs(exact):,.{0 if is_whole else 2}f}")


def money_short(amount: Decimal | int | None, currency: str) -> str:
    """Return "€1.34m", "€184k" or "€950": three figures where space is short."""
    if amount is None:
        return NOTHING
    exact = Decimal(amount)
    size = abs(exact)
    # Thresholds sit where rounding would show "1000k".
    for limit, unit, places, letter in (
        (Decimal(999_995_000), 10**9, 2, "bn"),
        (Decimal(999_500), 10**6, 2, "m"),
        (Decimal("999.5"), 10**3, 0, "k"),
    ):
        if size >= limit:
            figure = (size / unit).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
            return _signed(exact, currency, f"{figure:,}{letter}")
    return _signed(exact, currency, f"{size.quantize(Decimal(1), ROUND_HALF_UP)}")


def count(number: int) -> str:
    """Return "2,089"."""
    return f"{number:,}"


def percent(share: Decimal | float | None) -> str:
    """Return "63 %" for 0.63, with a no-break space."""
    if share is None:
        return NOTHING
    figure = (Decimal(str(share)) * 100).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{MINUS if figure < 0 else ''}{abs(figure)}{NO_BREAK}%"


def day(value: date | None, today: date) -> str:
    """Return "Thu 19 Nov", or "Thu 19 Nov 2027" when that is not this year.

    A datetime must already be in the reader's time zone.
    """
    if value is None:
        return NOTHING
    return dated(value, "D j M" if value.year == today.year else "D j M Y")


def dated(value: date, pattern: str) -> str:
    """Return the day by one of Django's patterns of days, months and years."""
    return _dated(value.year, value.month, value.day, pattern, get_language())


# Rows say the same few days over and over. Keyed by all that the words depend on.
@lru_cache(maxsize=4000)
def _dated(year: int, month: int, day: int, pattern: str, _language: str | None) -> str:
    return dateformat.format(date(year, month, day), pattern)


def clock(moment: datetime | None) -> str:
    """Return "14:52". The moment must already be in the reader's time zone."""
    return NOTHING if moment is None else dateformat.format(moment, "H:i")


def day_clock(moment: datetime | None, today: date) -> str:
    """Return "Thu 19 Nov, 14:52"."""
    return NOTHING if moment is None else f"{day(moment, today)}, {clock(moment)}"


def stopwatch(seconds: int) -> str:
    """Return "18:42", or "1:02:03" from an hour on."""
    hours, rest = divmod(max(seconds, 0), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def relative_day(value: date | None, today: date) -> str:
    """Return "today", "tomorrow", "in 12 days", "3 days ago"."""
    if value is None:
        return NOTHING
    plain = value.date() if isinstance(value, datetime) else value
    days = (plain - today).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days == -1:
        return _("yesterday")
    if days > 0:
        return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
    return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}


def initials(name: str) -> str:
    """Return up to two letters: "RS" for "Rita Sol", "R" for "Rita"."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    chosen = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in chosen).upper()
