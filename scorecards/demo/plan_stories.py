"""What the account plans of the demo say."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.accounts.models import PlanDecision

# So many days ago the plans were made.
BEGAN = 80


@dataclass(frozen=True)
class Mapped:
    """Somebody on the map of a plan."""

    name: str
    level: str
    side: str
    part: str
    attitude: str = "unknown"
    bond: str = "none"
    known_by: str = ""
    reports_to: str = ""
    note: str = ""
    title: str = ""
    days_ago: int = BEGAN


@dataclass(frozen=True)
class Story:
    """What a plan says, and what its review decided."""

    account: str
    owner: str
    goal: str
    why: str
    people: tuple[Mapped, ...]
    # Words, what shows it, so many days ago, who confirmed it.
    outcomes: tuple[tuple[str, str, int, str], ...]
    areas: tuple[str, ...]
    # Place of the area, product, state, note.
    field: tuple[tuple[int, str, str, str], ...]
    # What, how bad, what we do.
    risks: tuple[tuple[str, str, str], ...]
    # What was closed after the review, and how it ended.
    closed: tuple[str, str, str]
    decision: PlanDecision
    text: str
    note: str
    # Who does what, so many days ahead.
    moves: tuple[tuple[str, str, int], ...]


STORIES = (
    Story(
        "Brennecke Logistics",
        "rita",
        "All 38 depots on the cold chain, and the trucks of the northern fleet as a"
        " pilot. One contract instead of one for each region.",
        "Lars Brennecke needs one audit for all depots instead of fourteen. The Norden"
        " contract asks for it from May on.",
        (
            Mapped(
                "Lars Brennecke",
                "top",
                "operations",
                "sponsor",
                "champion",
                "close",
                "rita",
                note="Wants to be first in the trade to have it",
            ),
            Mapped(
                "Dr. Anke Thiele",
                "top",
                "finance",
                "decides",
                "for",
                "good",
                "rita",
                "Lars Brennecke",
                "No write-off may surprise her again",
            ),
            Mapped(
                "Petra Voss",
                "heads",
                "it",
                "guards",
                "against",
                reports_to="Lars Brennecke",
                note="Afraid of one more system that nobody patches",
            ),
            Mapped(
                "Jonas Kruse",
                "working",
                "operations",
                "uses",
                "for",
                "known",
                "rita",
                title="Depot manager, Hamburg",
                days_ago=9,
            ),
        ),
        (
            (
                "No spoiled delivery in Hamburg since June",
                "Their own complaint list, June to October",
                40,
                "Lars Brennecke",
            ),
        ),
        ("Depots north", "Depots south", "Fleet"),
        (
            (0, "Thermo Gate", "sold", ""),
            (1, "Thermo Gate", "not_yet", "Waits for Hamburg's figures"),
            (2, "Thermo Gate", "competitor", "TrackCool, until March"),
            (0, "Fleet Hub", "no_fit", "No vehicles there"),
            (2, "Fleet Hub", "not_yet", ""),
            (0, "Vibe 200", "not_yet", "Compressors, 22 of them"),
        ),
        (
            (
                "IT stops the roll-out before the audit",
                "high",
                "Security workshop with Petra Voss before the joint plan call",
            ),
            ("All of it hangs on Lars Brennecke", "medium", "Lena meets Dr. Thiele"),
        ),
        ("TrackCool offers the fleet for nothing", "medium", "They took the pilot"),
        PlanDecision.NEW_MOVE,
        "IT first, then the south",
        "Rita knows operations well and IT not at all. The audit date carries us only"
        " if Petra Voss is with us by January.",
        (
            ("rita", "Security workshop with Petra Voss", 9),
            ("lena", "Lunch with CFO", 4),
        ),
    ),
    Story(
        "Vantora Energy",
        "lena",
        "The framework for all 40 substations, and we are the name that the board"
        " knows.",
        "Every avoided outage pays for six stations. The regulator publishes outages"
        " from next year on.",
        (
            Mapped(
                "Ilse Maas",
                "top",
                "general",
                "decides",
                "neutral",
                "known",
                "vera",
                note="Asks what it does for the regulator's table",
            ),
            Mapped(
                "Henk de Wit",
                "heads",
                "operations",
                "influences",
                "champion",
                "close",
                "rita",
                "Ilse Maas",
            ),
            Mapped("Marta Ruiz", "heads", "legal", "guards", "for", "good", "rita"),
        ),
        (
            (
                "Two outages avoided in the pilot",
                "Read-out of the pilot, signed by Henk de Wit",
                33,
                "Henk de Wit",
            ),
        ),
        ("Substations", "Wind parks"),
        (
            (0, "Vibe 200", "sold", "Pilot, two stations"),
            (1, "Vibe 200", "competitor", "Maker's own monitoring"),
            (1, "Edge Survey", "not_yet", ""),
        ),
        (("No sponsor on the board", "high", "Vera asks for an hour with Ilse Maas"),),
        ("Liability cap blocks the framework", "high", "Settled with Marta Ruiz"),
        PlanDecision.ESCALATE,
        "Vera to Ilse Maas: an hour before the board meets",
        "Henk carries us inside, and nobody of the board would miss us.",
        (("lena", "Draft the board's one page with Henk de Wit", 6),),
    ),
    Story(
        "Castellan Pharma",
        "rita",
        "Clean rooms in Basel and Cork on one standard.",
        "",
        (
            Mapped(
                "Nadja Frei",
                "heads",
                "operations",
                "influences",
                "champion",
                "good",
                "rita",
            ),
            Mapped("Beat Odermatt", "top", "general", "decides", "neutral"),
        ),
        (),
        (),
        ((-1, "Edge Survey", "not_yet", "Cork first"),),
        (("Cork buys on its own", "low", ""),),
        ("Basel is sold to a competitor", "high", "It stays"),
        PlanDecision.ON_TRACK,
        "",
        "",
        (),
    ),
)
