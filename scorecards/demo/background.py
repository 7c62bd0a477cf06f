"""Deals made from pools of words, so that boards and teams are as full as real ones."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from scorecards.demo.cast import PEOPLE
from scorecards.demo.deal import Deal, Logged, Outcome, Person, Slip

PLACES = (
    "Ashdown", "Pelham", "Lindholm", "Inverness", "Galloway", "Ostmark", "Fenwick",
    "Alderbrook", "Delphine", "Wexford", "Marlow", "Pemberton", "Calder", "Linton",
    "Rydal", "Ashby", "Norrland", "Valmont", "Ostia", "Tarragona", "Corrigan",
    "Hallow", "Brightwater", "Skerries", "Montrose", "Aurich", "Zollern", "Ferrante",
    "Kavala", "Beira", "Lausitz", "Monceau", "Trevi", "Drummond", "Halden", "Søby",
)  # fmt: skip
TRADES = (
    ("Foods", "Food", "Oven line monitoring"),
    ("Steel", "Steel", "Caster bearings"),
    ("Cement", "Cement", "Mill gearboxes"),
    ("Rail", "Rail", "Wheelset sensors"),
    ("Water", "Utilities", "Pump station alarms"),
    ("Paper", "Paper", "Press section vibration"),
    ("Glass", "Glass", "Furnace temperature"),
    ("Ceramics", "Ceramics", "Kiln fans"),
    ("Textiles", "Textiles", "Dye-house boilers"),
    ("Hospitals", "Health", "Chiller plant"),
)
FIRST_NAMES = ("Anna", "Jan", "Miriam", "Paul", "Sara", "Theo", "Ulla", "Victor")
LAST_NAMES = ("Becker", "Costa", "Dietz", "Evans", "Fabre", "Greco", "Hansen", "Ivers")
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
)
OUTCOMES = (
    "Called; they want to see numbers from a plant like theirs",
    "Good talk, next date agreed",
    "They ask for a second survey",
    "Sent what they asked for",
)
WANTS = (
    "We want to see a failure coming before the line stops, not after.",
    "Every unplanned stop costs us a shift.",
    "Nobody can tell me why the same bearing fails each spring.",
)
PRODUCTS = ("Vibe 200", "Thermo Gate", "Fleet Hub", "Edge Survey")
REASONS = {
    "won": ("Best case for their plant, shown on their own data", "Fast local service"),
    "lost": ("Chose to build it themselves", "Testor was cheaper", "Budget was cut"),
    "walked_away": ("No problem worth solving", "No access to the economic buyer"),
}


def open_deals(random: Random, per_rep: int = 7) -> list[Deal]:
    """Return about `per_rep` open deals for each rep but Rita, who has stories."""
    reps = [each for each in PEOPLE if each.is_rep and each.key != "rita"]
    names = _names(random)
    return [
        _open_deal(random, rep.key, *next(names))
        for rep in reps
        for _ in range(per_rep + random.randint(-2, 2))
    ]


def closed_deals(random: Random, per_rep: int = 12) -> list[Deal]:
    """Return closed deals of the last year, for each rep."""
    reps = [each for each in PEOPLE if each.is_rep]
    names = _names(random)
    return [
        _closed_deal(random, rep.key, *next(names))
        for rep in reps
        for _ in range(per_rep + random.randint(-3, 3))
    ]


def _names(random: Random) -> Iterator[tuple[str, str, str]]:
    """Yield (account, industry, deal) without end; each account several times."""
    pairs = [(place, trade) for place in PLACES for trade in TRADES]
    while True:
        random.shuffle(pairs)
        for place, (word, industry, deal) in pairs:
            yield f"{place} {word}", industry, deal


def _contacts(random: Random) -> tuple[Person, ...]:
    picked = random.sample(JOBS, random.randint(1, 2))
    return tuple(
        Person(f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}", title, role)
        for title, role in picked
    )


def _open_deal(
    random: Random, owner: str, account: str, industry: str, name: str
) -> Deal:
    stage = random.choices(range(5), weights=(24, 24, 22, 18, 12))[0]
    in_stage = random.randint(1, 20) + (random.random() < 0.2) * random.randint(10, 25)
    quiet = random.choice((1, 2, 3, 5, 6, 8, 11, 13, 17, 22))
    close_in = random.randint(8, 40) + (4 - stage) * 22
    slips: tuple[Slip, ...] = ()
    if stage and random.random() < 0.25:
        slips = (Slip(random.randint(2, 18), close_in - random.randint(10, 30)),)
    has_next = random.random() < 0.8
    return Deal(
        account,
        name,
        owner,
        random.randint(14, 150) * 1000 if stage or random.random() < 0.6 else None,
        stage,
        age=in_stage + stage * 21 + random.randint(0, 10),
        stage_days=in_stage,
        close_in=-random.randint(1, 20) if random.random() < 0.07 else close_in,
        next_step=random.choice(NEXT_STEPS) if has_next else "",
        next_in=random.randint(1, 12) if has_next else None,
        met=random.randint(0, 4),
        people=_contacts(random),
        outcome=Outcome(random.choice(WANTS)) if random.random() < 0.5 else None,
        slips=slips,
        logged=tuple(
            Logged(quiet + 9 * back, kind, random.choice(OUTCOMES), 30)
            for back, kind in enumerate(("Call", "Meeting", "E-mail"))
        ),
        industry=industry,
        products=(random.choice(PRODUCTS),),
    )


def _closed_deal(
    random: Random, owner: str, account: str, industry: str, name: str
) -> Deal:
    kind = random.choices(("won", "lost", "walked_away"), weights=(45, 40, 15))[0]
    closed_ago = random.randint(2, 360)
    cycle = random.randint(30, 150)
    return Deal(
        account,
        name,
        owner,
        random.randint(14, 190) * 1000,
        stage=random.randint(3, 4) if kind == "won" else random.randint(1, 4),
        age=closed_ago + cycle,
        stage_days=closed_ago,
        close_in=-closed_ago,
        met=9 if kind == "won" else 1,
        people=_contacts(random),
        logged=(Logged(closed_ago + 3, "Meeting", random.choice(OUTCOMES), 45),),
        industry=industry,
        closed=kind,
        closed_ago=closed_ago,
        close_reason=random.choice(REASONS[kind]),
        products=(random.choice(PRODUCTS),),
    )
