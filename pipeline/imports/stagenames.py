"""What kind of stage a name means, and in which order stages usually come."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.imports.guessing import plain

OPEN, WON, LOST, WALKED_AWAY = "open", "won", "lost", "walked_away"
KINDS = (OPEN, WON, LOST, WALKED_AWAY)

WALKED_AWAY_WORDS = ("disqualif", "unqualified", "abandon", "nodecision", "walkedaway")
WON_WORDS = ("won", "gewonnen", "gagn", "ganad", "vinto")
LOST_WORDS = ("lost", "verloren", "perdu", "perdid", "perso")
# The words of stages from first to last; a name is as far as its last word here.
WAY = (
    ("lead", "new", "prospect", "target", "inbound"),
    ("contact", "appointment", "connect", "meeting"),
    ("qualif", "mql", "sql"),
    ("need", "discover", "engag", "analysis", "explor"),
    ("value", "demo", "present", "solution", "evaluat"),
    ("decision", "buyin", "champion"),
    ("percep", "validat", "trial", "pilot", "poc"),
    ("propos", "quote", "offer", "angebot"),
    ("negot", "review", "procure"),
    ("contract", "legal", "verbal", "commit", "closing"),
)


def kind_of(name: str) -> str:
    """Return the kind of stage that a file's stage name most likely means."""
    word = plain(name)
    if any(each in word for each in WALKED_AWAY_WORDS):
        return WALKED_AWAY
    if any(each in word for each in LOST_WORDS):
        return LOST
    return WON if any(each in word for each in WON_WORDS) else OPEN


def in_order(names: Iterable[str]) -> list[str]:
    """Return stage names in the order of a usual sale; those unknown keep theirs."""
    listed = list(names)
    return sorted(listed, key=lambda name: (kind_of(name) != OPEN, _place(name)))


def _place(name: str) -> float:
    word = plain(name)
    # The first word that says something: "Perception Analysis" is about perception.
    found = [
        (word.index(part), place)
        for place, parts in enumerate(WAY)
        for part in parts
        if part in word
    ]
    return min(found)[1] if found else len(WAY) / 2
