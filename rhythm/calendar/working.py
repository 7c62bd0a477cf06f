"""Which days people work: weekdays, public holidays, the company's own days off.

Pure: values in, values out. Public holidays come from the holidays library.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from holidays import registry

# Names of public holidays are in it, where the library knows them so.
LANGUAGE = "en_US"
# The library calls countries in one word, as "AntiguaAndBarbuda". Those whose names
# are not that word taken apart, with small words in between:
NAMES = {
    "AX": "Åland Islands",
    "BL": "Saint Barthélemy",
    "BQ": "Bonaire, Sint Eustatius and Saba",
    "CC": "Cocos (Keeling) Islands",
    "CD": "Congo, Democratic Republic",
    "CW": "Curaçao",
    "GW": "Guinea-Bissau",
    "HM": "Heard Island and McDonald Islands",
    "MF": "Saint Martin (French part)",
    "RE": "Réunion",
    "SH": "Saint Helena, Ascension and Tristan da Cunha",
    "ST": "São Tomé and Príncipe",
    "SX": "Sint Maarten (Dutch part)",
    "SY": "Syria",
    "TL": "Timor-Leste",
}


@dataclass(frozen=True)
class WorkingTime:
    """When a team works, in wall time of its zone."""

    zone: ZoneInfo
    weekdays: frozenset[int] = frozenset(range(5))
    region: str = ""
    opens_at: time = time(9)
    closes_at: time = time(17)
    # The company's own days off, and what they are called.
    own: Mapping[date, str] = field(default_factory=dict)

    def is_off(self, day: date) -> bool:
        """Return whether nobody works on `day`."""
        return day.weekday() not in self.weekdays or bool(self.holiday(day))

    def holiday(self, day: date) -> str:
        """Return the name of the holiday that `day` is, or ""."""
        return self.own.get(day) or public_holiday(self.region, day)


def public_holiday(region: str, day: date) -> str:
    """Return the name of a public holiday in a region ("DE", "DE-BY"), or "".

    A region that nobody knows has none, see `is_region`.
    """
    known = _holidays(region) if region else None
    return "" if known is None else str(known.get(day) or "")


def is_region(region: str) -> bool:
    """Return whether public holidays are known there."""
    return _holidays(region) is not None


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """Return (code, name) of the countries whose public holidays are known."""
    known = {
        code: NAMES.get(code) or _apart(word)
        for word, code, *_others in registry.COUNTRIES.values()
    }
    return tuple(sorted(known.items(), key=lambda each: _letters(each[1])))


def _letters(name: str) -> bytes:
    """Return what the name is sorted by: "Åland" is among those with A."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore")


def _apart(word: str) -> str:
    """Return "Isle of Man" for "IsleOfMan"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word)
    return re.sub(r" (And|Of|The)(?= )", lambda found: found[0].lower(), words)


def region_words(region: str) -> str:
    """Return "Germany" for "DE", "Germany, Bayern" for "DE-BY"."""
    country, _dash, part = region.partition("-")
    name = dict(countries()).get(country, country)
    if not part:
        return name
    aliases = getattr(_holidays(region), "subdivisions_aliases", {})
    called = next((each for each, code in aliases.items() if code == part), part)
    return f"{name}, {called}"


def part_code(country: str, said: str) -> str | None:
    """Return the code of a part of a country, said by code or name; None if unknown."""
    found = _holidays(country)
    if found is None:
        return None
    codes = {each.casefold(): each for each in found.subdivisions}
    aliases = getattr(found, "subdivisions_aliases", {})
    codes |= {name.casefold(): code for name, code in aliases.items()}
    return codes.get(said.strip().casefold())


@cache
def _holidays(region: str) -> holidays.HolidayBase | None:
    country, _, part = region.partition("-")
    try:
        # It finds the days of a year when it is first asked for one.
        return holidays.country_holidays(
            country, subdiv=part or None, language=LANGUAGE
        )
    except NotImplementedError:
        return None
