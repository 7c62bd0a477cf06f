"""Deals made from pools of words, so that boards and teams are as full as real ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from scorecards.demo.cast import REPS, Person
from scorecards.demo.days import Days
from scorecards.demo.deal import Deal, Logged, Outcome, Slip
from scorecards.demo.past import closed_deals
from scorecards.demo.words import (
    LOG_KINDS,
    NEXT_STEPS,
    OUTCOMES,
    PRODUCTS,
    WANTS,
    amount,
    contacts,
    territories,
)

# Days that the starter process allows in each stage, which healthy deals keep to.
STAGE_DAYS = (14, 21, 24, 21, 18)
STAGES = range(len(STAGE_DAYS))
STAGE_WEIGHTS = (13, 26, 27, 21, 13)
OPEN_DEALS = 6
# So many in a hundred of the open deals need somebody.
TROUBLED = 36
# This team's deals come from the CRM of a company that was taken over.
CRM_TEAM = "West"


def background(random: Random, days: Days) -> list[Deal]:
    """Return the open and closed deals of every rep that nobody wrote.

    Rita has stories instead of open ones.
    """
    grounds = territories(random, [each.key for each in REPS])
    deals: list[Deal] = []
    for rep in REPS:
        names = grounds[rep.key]
        if rep.is_here and rep.key != "rita":
            deals += _open_deals(random, days, rep, names)
        deals += closed_deals(random, days, rep, names)
    return _from_crm(_handed_over(random, deals), days)


def _open_deals(
    random: Random, days: Days, rep: Person, names: Iterator[tuple[str, str, str]]
) -> list[Deal]:
    count = OPEN_DEALS + random.randint(-1, 2)
    if rep.joined_ago < 100:
        count //= 2
    return [_open_deal(random, days, rep, *next(names)) for _ in range(count)]


def _open_deal(
    random: Random, days: Days, rep: Person, account: str, industry: str, name: str
) -> Deal:
    """Return a deal that goes well, or one in three with a trouble of its own."""
    stage = random.choices(STAGES, weights=STAGE_WEIGHTS)[0]
    in_stage = days.workday(random.randint(1, STAGE_DAYS[stage] - 3))
    age = in_stage + sum(random.randint(12, 34) for _ in range(stage))
    age = days.workday(min(age, rep.joined_ago - 1))
    quiet = days.workday(random.choice((0, 1, 1, 2, 3, 4, 5)))
    has_amount = stage or random.random() < 0.6
    is_last = stage == STAGES[-1]
    deal = Deal(
        account,
        name,
        rep.key,
        amount(random) if has_amount else None,
        stage,
        age=age,
        stage_days=in_stage,
        close_in=random.randint(6, 40)
        if is_last
        else random.randint(33, 60) + (STAGES[-2] - stage) * 28,
        next_step=random.choice(NEXT_STEPS),
        next_in=random.randint(1, 12),
        met=9 if is_last else random.randint(0, 3),
        people=contacts(random),
        outcome=Outcome(random.choice(WANTS)) if random.random() < 0.6 else None,
        logged=_logged(random, days, quiet, age),
        industry=industry,
        products=(random.choice(PRODUCTS),),
    )
    deal = _with_past(random, days, deal)
    return _troubled(random, days, deal) if random.random() * 100 < TROUBLED else deal


def _logged(random: Random, days: Days, quiet: int, age: int) -> tuple[Logged, ...]:
    whens = range(quiet, max(quiet + 1, age), random.randint(9, 15))
    return tuple(
        Logged(
            days.workday(ago),
            random.choice(LOG_KINDS),
            random.choice(OUTCOMES),
            random.choice((15, 20, 30, 45, 60)),
        )
        for ago in whens[:7]
        if days.workday(ago) <= age
    )


def _with_past(random: Random, days: Days, deal: Deal) -> Deal:
    """Let an older deal have slipped once, long ago, or its amount have changed."""
    if deal.age > 105 and deal.close_in and random.random() < 0.5:
        slip = Slip(days.workday(random.randint(92, deal.age - 8)), deal.close_in - 28)
        deal = replace(deal, slips=(slip,))
    if deal.age > 30 and deal.amount and random.random() < 0.25:
        before = round(deal.amount * random.choice((0.7, 0.85, 1.15, 1.3)) / 500) * 500
        changed = days.workday(random.randint(5, 25))
        deal = replace(deal, amount_was=(changed, before))
    return deal


def _troubled(random: Random, days: Days, deal: Deal) -> Deal:
    """Return the deal with one reason to look at it, as its stage allows."""
    kind = random.choice(("overdue", "idle", "open", "stuck", "slipped", "missing"))
    if kind == "overdue" and deal.age > 40:
        return replace(deal, close_in=-random.randint(1, 18))
    if kind == "idle":
        quiet = days.workday(random.randint(16, 26))
        return replace(
            deal,
            logged=_logged(random, days, quiet, deal.age),
            age=max(deal.age, quiet + 9),
            next_step="",
            next_in=None,
        )
    if kind == "open":
        return replace(deal, next_step="", next_in=None)
    if kind == "stuck":
        longer = days.workday(STAGE_DAYS[deal.stage] + random.randint(3, 24))
        age = deal.age - deal.stage_days + longer
        return replace(deal, stage_days=longer, age=days.workday(age))
    if kind == "slipped" and deal.close_in and deal.age > 12:
        slip = Slip(days.workday(random.randint(1, 9)), deal.close_in - 30)
        return replace(deal, slips=(*deal.slips, slip))
    if deal.stage < 2:
        return replace(deal, next_step="", next_in=None)
    return replace(deal, close_in=random.randint(9, 27), met=1)


def _handed_over(random: Random, deals: list[Deal]) -> list[Deal]:
    """Let some deals have come from the colleague of the team who left since."""
    left = {each.team: each for each in REPS if each.left_ago}
    teams = {each.key: each.team for each in REPS}
    found = []
    for deal in deals:
        was = left.get(teams[deal.owner])
        ago = was.left_ago if was else None
        could = (
            ago and deal.closed_ago < ago < deal.age and was and was.key != (deal.owner)
        )
        if could and was and ago and random.random() < 0.5:
            found.append(replace(deal, owner_was=(ago, was.key)))
        else:
            found.append(deal)
    return found


def _from_crm(deals: list[Deal], days: Days) -> list[Deal]:
    """Give the deals of one team their ids in its CRM; two vanished from its export."""
    owners = {each.key for each in REPS if each.team == CRM_TEAM}
    found, gone = [], 0
    for number, deal in enumerate(deals):
        if deal.owner not in owners:
            found.append(deal)
            continue
        is_gone = gone < 2 and not deal.closed and deal.stage > 0 and deal.age > 40
        gone += is_gone
        found.append(
            replace(
                deal,
                crm_id=f"OP-{20417 + 3 * number}",
                gone_ago=days.workday(4) if is_gone else None,
            )
        )
    return found
