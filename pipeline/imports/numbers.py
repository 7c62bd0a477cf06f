"""Amounts as files write them: decimal point or comma, thousands, currency signs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from rhythm.web.words import _

POINT = "point"
COMMA = "comma"
MARKS = (POINT, COMMA)

LARGEST = Decimal("999999999999.99")
LARGEST_SHOWN = "999,999,999,999.99"
CENT = Decimal("0.01")
MAXIMUM_LENGTH = 60
ENOUGH_SHARE = 0.9

# Signs and codes that stand beside an amount: €, $, EUR, US$, kr, Fr., zł.
MONEY = re.compile(r"(?:[A-Z]{0,3}[$€£¥₹₽₺₩₪¢]|[A-Z]{3}|kr\.?|Fr\.?|zł|Kč|R\$)")
PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'’_")
SHAPES = {
    POINT: re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?"),
    COMMA: re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d*)?"),
}
EXPONENT = re.compile(r"(\d+(?:\.\d+)?)[eE]([+-]?\d{1,4})")


class NotAnAmount(ValueError):
    """The text is no amount, or one out of range. The message says which."""


@dataclass
class NumberColumn:
    """Watches the values of a column, and says at the end how they read."""

    seen: int = 0
    fits: Counter[str] = field(default_factory=Counter)
    # How many values mean different amounts with a point and with a comma.
    differing: int = 0

    def watch(self, text: str) -> None:
        """Count a value. Give each distinct value once."""
        self.seen += 1
        meanings = {
            mark: found for mark in MARKS if (found := _value(text, mark)) is not None
        }
        self.fits.update(meanings.keys())
        if len(meanings) == 2:
            self.differing += meanings[POINT] != meanings[COMMA]

    def marks(self) -> tuple[str, ...]:
        """Return the decimal marks that the column may use; empty if it has no numbers.

        Two of them: both read it, and differently, so a person has to say.
        """
        if not self.seen or not self.fits:
            return ()
        most = max(self.fits.values())
        if most < self.seen * ENOUGH_SHARE:
            return ()
        best = tuple(mark for mark in MARKS if self.fits[mark] == most)
        return best if self.differing else best[:1]


@lru_cache(maxsize=20_000)
def parse_amount(text: str, mark: str) -> Decimal:
    """Return the amount that `text` says with the decimal `mark`, to the cent.

    Raises NotAnAmount if it is none, is negative, or too large to keep.
    """
    found = _value(text, mark)
    if found is None:
        raise NotAnAmount(
            _("%(text)s is not an amount") % {"text": text[:MAXIMUM_LENGTH]}
        )
    if found < 0:
        raise NotAnAmount(_("%(text)s is negative") % {"text": text[:MAXIMUM_LENGTH]})
    if found > LARGEST:
        raise NotAnAmount(
            _("%(text)s is more than %(most)s")
            % {"text": text[:MAXIMUM_LENGTH], "most": LARGEST_SHOWN}
        )
    return found.quantize(CENT, ROUND_HALF_UP)


def _value(text: str, mark: str) -> Decimal | None:
    if len(text) > MAXIMUM_LENGTH:
        return None
    if mark == POINT and PLAIN.fullmatch(text):
        # What most files hold, at a tenth of the cost.
        return Decimal(text)
    bare = MONEY.sub("", text.strip(), count=1).translate(SPACES)
    sign = 1
    if bare.startswith("(") and bare.endswith(")"):
        bare, sign = bare[1:-1], -1
    elif bare[:1] in ("-", "−") or bare[-1:] == "-":
        bare, sign = bare.strip("-−"), -1
    bare = bare.removeprefix("+").removesuffix("-")
    # Digits of other scripts are digits to Python, but no amount that we would trust.
    if not bare.isascii():
        return None
    if EXPONENT.fullmatch(bare):
        return sign * Decimal(bare)
    if not any(each.isdigit() for each in bare) or not SHAPES[mark].fullmatch(bare):
        return None
    grouping, point = (",", ".") if mark == POINT else (".", ",")
    return sign * Decimal(bare.replace(grouping, "").replace(point, "."))
