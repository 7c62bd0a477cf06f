"""Two years of deals that were won, lost and walked away from."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from scorecards.demo.cast import Person
from scorecards.demo.days import Days
from scorecards.demo.deal import Deal, Logged, Slip
from scorecards.demo.seasons import HISTORY_DAYS, Season
from scorecards.demo.words import (
    LOG_KINDS,
    OUTCOMES,
    PRODUCTS,
    REASONS,
    amount,
    contacts,
)

# Of a rep who was here all the time.
CLOSED_DEALS = 29
KINDS = ("won", "lost", "walked_away")
# From the first call to the signature, in days.
SHORTEST, USUAL, LONGEST = 35, 140, 320
# Nobody closes a deal in the first weeks.
RAMP = 60


def closed_deals(
    random: Random, days: Days, rep: Person, names: Iterator[tuple[str, str, str]]
) -> list[Deal]:
    """Return the closed deals of a rep, over the time that the rep was here."""
    season = Season(days.today)
    first = min(rep.joined_ago - RAMP, HISTORY_DAYS)
    last = (rep.left_ago or 0) + 1
    if first <= last + 10:
        return []
    count = CLOSED_DEALS * season.share(first=first, last=last)
    skill = random.uniform(0.75, 1.3)
    return [
        _closed_deal(
            random,
            days,
            rep,
            skill,
            season.closed_ago(random, first=first, last=last),
            *next(names),
        )
        for _ in range(round(count * random.uniform(0.8, 1.2)))
    ]


def _closed_deal(
    random: Random,
    days: Days,
    rep: Person,
    skill: float,
    closed_ago: int,
    account: str,
    industry: str,
    name: str,
) -> Deal:
    kind = random.choices(KINDS, weights=(34 * skill, 46, 20))[0]
    stage = {"won": 4, "lost": random.choice((1, 2, 3, 3, 4))}.get(
        kind, random.randint(0, 2)
    )
    cycle = round(random.triangular(SHORTEST, LONGEST, USUAL) * (stage + 3) / 7)
    cycle = max(min(cycle, rep.joined_ago - closed_ago), 30)
    age = days.workday(closed_ago + cycle)
    final = amount(random)
    return Deal(
        account,
        name,
        rep.key,
        final,
        stage,
        age=age,
        stage_days=closed_ago,
        close_in=-closed_ago,
        met=9 if kind == "won" else 1,
        people=contacts(random),
        slips=_slips(random, days, closed_ago, cycle),
        amount_was=_amount_was(random, days, final, closed_ago, cycle),
        logged=_logged(random, days, closed_ago, cycle),
        industry=industry,
        closed=kind,
        closed_ago=closed_ago,
        close_reason=random.choice(REASONS[kind]),
        products=(random.choice(PRODUCTS),),
    )


def _slips(random: Random, days: Days, closed_ago: int, cycle: int) -> tuple[Slip, ...]:
    """Return how the close date moved until the day on which it closed."""
    count = random.choices((0, 1, 2), weights=(45, 38, 17))[0]
    count = min(count, cycle // 35)
    slips = []
    for number in range(count, 0, -1):
        expected = closed_ago + number * random.randint(14, 24)
        noticed = days.workday(expected + random.randint(1, 6))
        slips.append(Slip(noticed, -expected))
    return tuple(slips)


def _amount_was(
    random: Random, days: Days, final: int, closed_ago: int, cycle: int
) -> tuple[int, int] | None:
    if random.random() > 0.35:
        return None
    factor = random.choice((0.75, 0.9, 1.1, 1.2, 1.35))
    ago = days.workday(closed_ago + random.randint(5, max(cycle // 2, 6)))
    return ago, round(final * factor / 500) * 500


def _logged(
    random: Random, days: Days, closed_ago: int, cycle: int
) -> tuple[Logged, ...]:
    return tuple(
        Logged(
            days.workday(closed_ago + round(cycle * part / 5) + random.randint(0, 6)),
            random.choice(LOG_KINDS),
            random.choice(OUTCOMES),
            random.choice((15, 30, 45, 60)),
        )
        for part in range(random.randint(2, 5))
    )
