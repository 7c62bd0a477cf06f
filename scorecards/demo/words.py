"""Pools of words for the deals that nobody wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from scorecards.demo.deal import Person

PLACES = (
    "Ashdown", "Pelham", "Lindholm", "Inverness", "Galloway", "Ostmark", "Fenwick",
    "Alderbrook", "Delphine", "Wexford", "Marlow", "Pemberton", "Calder", "Linton",
    "Rydal", "Ashby", "Norrland", "Valmont", "Ostia", "Tarragona", "Corrigan",
    "Hallow", "Brightwater", "Skerries", "Montrose", "Aurich", "Zollern", "Ferrante",
    "Kavala", "Beira", "Lausitz", "Monceau", "Trevi", "Drummond", "Halden", "Søby",
    "Aldgrave", "Birkdale", "Cresswell", "Dunmore", "Elsfleth", "Farleigh", "Glenmoor",
    "Harrowgate", "Isenburg", "Jarrow", "Kilbride", "Langwedel", "Morvern", "Nesse",
    "Orrin", "Penrose", "Quellin", "Rothbury", "Selwick", "Tiverton",
)  # fmt: skip
# The word in the account's name, its industry, and what it may buy.
TRADES = (
    ("Foods", "Food", ("Oven line monitoring", "Chillers", "Filler line 2")),
    ("Steel", "Steel", ("Caster bearings", "Rolling mill drives", "Crane fleet")),
    ("Cement", "Cement", ("Mill gearboxes", "Kiln drive", "Raw mill fans")),
    ("Rail", "Rail", ("Wheelset sensors", "Depot compressors", "Door drives")),
    ("Water", "Utilities", ("Pump station alarms", "Booster pumps", "Blowers")),
    ("Paper", "Paper", ("Press section vibration", "Dryer section", "Pulper drives")),
    ("Glass", "Glass", ("Furnace temperature", "Lehr fans", "Batch house")),
    ("Ceramics", "Ceramics", ("Kiln fans", "Press hydraulics", "Spray dryer")),
    ("Textiles", "Textiles", ("Dye-house boilers", "Loom bearings", "Air plant")),
    ("Hospitals", "Health", ("Chiller plant", "Air handling", "Sterile store")),
)
FIRST_NAMES = (
    "Anna", "Jan", "Miriam", "Paul", "Sara", "Theo", "Ulla", "Victor", "Clara", "Emil",
    "Farid", "Greta", "Hugo", "Ida", "Jonas", "Kim", "Leonie", "Mats", "Nadia", "Oskar",
)  # fmt: skip
LAST_NAMES = (
    "Becker", "Costa", "Dietz", "Evans", "Fabre", "Greco", "Hansen", "Ivers", "Jansen",
    "Keller", "Lemaire", "Moretti", "Norling", "Oliveira", "Petit", "Quist", "Rossel",
    "Stein", "Turner", "Vogel",
)  # fmt: skip
JOBS = (
    ("Plant manager", "Economic buyer"),
    ("Maintenance lead", "Champion"),
    ("Head of operations", "Feels the problem"),
    ("Purchasing manager", "Negotiates"),
)
NEXT_STEPS = (
    "Agree the next two dates with the plant manager",
    "Send the reference from the sister plant",
    "Survey of the second line",
    "Call with purchasing about the terms",
    "Walk through the business case",
    "Meet the head of operations on site",
    "Pilot read-out with the maintenance team",
)
OUTCOMES = (
    "Called; they want to see numbers from a plant like theirs",
    "Good talk, next date agreed",
    "They ask for a second survey",
    "Sent what they asked for",
    "Walked the line with the night shift; two bearings were hot",
    "Purchasing joins the next meeting",
    "Showed the trend of the pilot sensor",
    "Not reached; left a message",
)
LOG_KINDS = ("Call", "Meeting", "E-mail", "Visit", "Call", "Referral asked")
WANTS = (
    "We want to see a failure coming before the line stops, not after.",
    "Every unplanned stop costs us a shift.",
    "Nobody can tell me why the same bearing fails each spring.",
    "I want to plan repairs for the weekend, not for the night.",
    "The auditor asks for the temperature of each hour, and we cannot show it.",
)
PRODUCTS = ("Vibe 200", "Thermo Gate", "Fleet Hub", "Edge Survey")
REASONS = {
    "won": (
        "Best case for their plant, shown on their own data",
        "Fast local service",
        "The pilot found a failing gearbox in its second week",
        "Their sister plant recommended us",
    ),
    "lost": (
        "Chose to build it themselves",
        "A competitor was cheaper",
        "Budget was cut",
        "Stayed with what they have",
        "Our champion changed jobs",
        "Another project came first",
    ),
    "walked_away": (
        "No problem worth solving",
        "No access to the economic buyer",
        "They wanted a quote to compare with, nothing more",
    ),
}


def contacts(random: Random) -> tuple[Person, ...]:
    """Return one or two people on the other side, each with another part."""
    picked = random.sample(JOBS, random.randint(1, 2))
    return tuple(
        Person(f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}", title, role)
        for title, role in picked
    )


def amount(random: Random) -> int:
    """Return what a deal is worth: most around 45,000, few far above."""
    return round(random.lognormvariate(10.7, 0.55) / 500) * 500


def territories(
    random: Random, owners: Sequence[str]
) -> dict[str, Iterator[tuple[str, str, str]]]:
    """Return, for each owner, an endless (account, industry, deal) of the own accounts.

    No account has two owners; it comes back after all the others of the owner had a
    deal.
    """
    pairs = [(place, trade) for place in PLACES for trade in TRADES]
    random.shuffle(pairs)
    return {
        owner: _turns(pairs[number :: len(owners)])
        for number, owner in enumerate(owners)
    }


def _turns(
    pairs: Sequence[tuple[str, tuple[str, str, tuple[str, ...]]]],
) -> Iterator[tuple[str, str, str]]:
    turn = 0
    while True:
        for number, (place, (word, industry, deals)) in enumerate(pairs):
            yield f"{place} {word}", industry, deals[(turn + number) % len(deals)]
        turn += 1
