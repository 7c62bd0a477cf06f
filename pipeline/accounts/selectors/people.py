"""The people map: who is there by level, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.accounts.gaps import Known, gaps
from pipeline.accounts.models import Level, Part, Side
from pipeline.accounts.words import ATTITUDES, BONDS, Look, gap_words


@dataclass(frozen=True)
class PersonCard:
    """Somebody on the map."""

    pk: int
    name: str
    title: str
    side: str
    part: str
    # Sponsors, deciders and whoever can say no stand out.
    has_power: bool
    attitude: Look
    bond: Look
    known_by: str
    reports_to: str
    note: str


@dataclass(frozen=True)
class LevelRow:
    """The people of one level."""

    label: str
    people: Sequence[PersonCard]


@dataclass(frozen=True)
class PeopleMap:
    """The map as it is drawn, the top first."""

    levels: Sequence[LevelRow]
    gaps: Sequence[str]
    count: int


PARTS = [each.value for each in Part]
POWER = (Part.SPONSOR, Part.DECIDES, Part.GUARDS)


def people_map(people: Sequence[dict[str, Any]]) -> PeopleMap:
    """Return the map of the people that `with_parts` fetched."""
    ordered = sorted(people, key=lambda each: (PARTS.index(each["part"]), each["pk"]))
    levels = [
        LevelRow(
            str(level.label),
            [_card(each) for each in ordered if each["level"] == level],
        )
        for level in Level
    ]
    missing = gaps([_known(each) for each in ordered])
    return PeopleMap(
        levels=[each for each in levels if each.people],
        gaps=[gap_words(each) for each in missing],
        count=len(ordered),
    )


def _known(person: dict[str, Any]) -> Known:
    names = ("name", "level", "side", "part", "attitude", "bond", "known_by")
    return Known(**{name: person[name] for name in names})


def _card(person: dict[str, Any]) -> PersonCard:
    return PersonCard(
        pk=person["pk"],
        name=person["name"],
        title=person["title"],
        side=str(Side(person["side"]).label),
        part=str(Part(person["part"]).label),
        has_power=person["part"] in POWER,
        attitude=ATTITUDES[person["attitude"]],
        bond=BONDS[person["bond"]],
        known_by=person["known_by_name"] or "",
        reports_to=person["reports_to"] or "",
        note=person["note"],
    )
