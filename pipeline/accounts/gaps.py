"""What is missing on a people map. No database, no clock, no words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Without one of these no decision is made, or against us.
POWER = frozenset({"sponsor", "decides", "guards"})
# From so many known people on, one of ours alone is too few.
THIN_FROM = 3


@dataclass(frozen=True)
class Known:
    """A person on the map, as the rule sees them."""

    name: str
    level: str
    side: str
    part: str
    attitude: str
    bond: str
    # The key of whoever of ours knows them. None: nobody.
    known_by: int | None

    @property
    def is_known(self) -> bool:
        return self.known_by is not None and self.bond != "none"


@dataclass(frozen=True)
class Gap:
    """One thing that is missing. `name` and `side` say of whom, where it is somebody's.

    kind is one of: empty, no_sponsor, no_decider, no_finance, unknown, against,
    one_of_ours, no_top.
    """

    kind: str
    name: str = ""
    side: str = ""


def gaps(people: Sequence[Known]) -> list[Gap]:
    """Return what is missing, the worst first."""
    if not people:
        return [Gap("empty")]
    return [*_roles(people), *_bonds(people)]


def _roles(people: Sequence[Known]) -> Iterator[Gap]:
    parts = {each.part for each in people}
    if "sponsor" not in parts:
        yield Gap("no_sponsor")
    if not parts & {"decides", "sponsor"}:
        yield Gap("no_decider")
    for each in people:
        if each.part in POWER and each.attitude == "against":
            yield Gap("against", each.name, each.side)
    for each in people:
        if each.part in POWER and not each.is_known:
            yield Gap("unknown", each.name, each.side)
    if "finance" not in {each.side for each in people}:
        yield Gap("no_finance")


def _bonds(people: Sequence[Known]) -> Iterator[Gap]:
    known = [each for each in people if each.is_known]
    if known and "top" not in {each.level for each in known}:
        yield Gap("no_top")
    ours = {each.known_by for each in known}
    if len(known) >= THIN_FROM and len(ours) == 1:
        yield Gap("one_of_ours")
