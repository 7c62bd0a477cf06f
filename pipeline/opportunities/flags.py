"""Why a deal asks for attention. No database, no clock, no words.

Each flag is found from plain values of one deal, as of a day. Days are dates where the
reader is. The words that a person reads are in `selectors/flags.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

SLIPPED = "slipped"
STUCK = "stuck"
IDLE = "idle"
OVERDUE = "overdue"
NO_NEXT_STEP = "no_next_step"
MILESTONES_MISSING = "milestones_missing"
MOVED_BACK = "moved_back"
GONE = "gone"
BIG = "big"
NEW = "new"
# In the order in which they are shown: what hurts most comes first.
KINDS = (
    OVERDUE,
    MILESTONES_MISSING,
    SLIPPED,
    MOVED_BACK,
    STUCK,
    IDLE,
    NO_NEXT_STEP,
    GONE,
    BIG,
    NEW,
)

# A deal is new for so many days.
NEW_DAYS = 7
# A close date this near asks for what the gates up to the signature require.
CLOSING_DAYS = 30
# Without a review to compare with, movement is told over so many days.
MOVEMENT_DAYS = 90
# So few deals with an amount have no big one among them.
FEWEST_FOR_BIG = 5
# Big is the top tenth of a team's open amounts, and clearly above its usual deal.
BIG_SHARE = Decimal("0.9")
BIG_TIMES = 2


@dataclass(frozen=True)
class Facts:
    """What is known of one open deal."""

    today: date
    opened_on: date
    stage_since_on: date
    # Limits of its stage in days; None where there is none.
    stuck_days: int | None = None
    idle_days: int | None = None
    close_on: date | None = None
    next_step_on: date | None = None
    # The day of its latest activity.
    last_activity_on: date | None = None
    amount: Decimal | None = None
    # From which amount on a deal of this team is big. None when nothing is.
    big_from: Decimal | None = None
    # What the gates up to the signature require and is not met.
    missing: int = 0
    # As of the day that movement is told from; None where there was none.
    close_on_before: date | None = None
    # How often the close date moved later in its whole life; when it last did.
    slips: int = 0
    slipped_on: date | None = None
    first_close_on: date | None = None
    # It stands at an earlier stage than it has been since movement is told.
    is_behind: bool = False
    # Since which day the full exports of its source have it no more.
    gone_on: date | None = None


@dataclass(frozen=True)
class Finding:
    """One reason to look at a deal."""

    kind: str
    # Since which day it holds. None when it holds for no particular day.
    since: date | None = None
    # Times, days or milestones, as the kind has it.
    count: int = 0
    # The first close date of what slipped, or the close date of what misses milestones.
    on: date | None = None
    # The stage's limit in days.
    limit: int | None = None


@dataclass(frozen=True)
class Flag:
    """A finding in words, for chips and lists."""

    kind: str
    # The whole sentence: "Slipped twice, the first date was 30 Oct".
    text: str
    # The same in two or three words: "Slipped 2×".
    short: str
    since: date | None = None
    # What would clear it.
    clears: str = ""
    # "bad", "warn" or "info", and a name of the icon sprite.
    tone: str = "warn"
    icon: str = "flag"


def find(facts: Facts) -> list[Finding]:
    """Return why the deal asks for attention, what hurts most first."""
    found = [
        _overdue(facts),
        _milestones_missing(facts),
        _slipped(facts),
        _moved_back(facts),
        _stuck(facts),
        _idle(facts),
        _no_next_step(facts),
        _gone(facts),
        _big(facts),
        _new(facts),
    ]
    return [each for each in found if each is not None]


def _overdue(facts: Facts) -> Finding | None:
    """Its close date passed while it is open."""
    if facts.close_on is None or facts.close_on >= facts.today:
        return None
    days = (facts.today - facts.close_on).days
    return Finding(OVERDUE, since=facts.close_on, count=days)


def _milestones_missing(facts: Facts) -> Finding | None:
    """It closes soon, and gates before the signature still ask for something."""
    if facts.close_on is None or not facts.missing:
        return None
    if not facts.today <= facts.close_on <= facts.today + timedelta(CLOSING_DAYS):
        return None
    return Finding(MILESTONES_MISSING, count=facts.missing, on=facts.close_on)


def _slipped(facts: Facts) -> Finding | None:
    """Its close date is later than on the day that movement is told from."""
    before, after = facts.close_on_before, facts.close_on
    if before is None or after is None or after <= before:
        return None
    return Finding(
        SLIPPED,
        since=facts.slipped_on,
        count=max(facts.slips, 1),
        on=facts.first_close_on or before,
    )


def _moved_back(facts: Facts) -> Finding | None:
    """It stands at an earlier stage than it has been since movement is told."""
    if not facts.is_behind:
        return None
    return Finding(MOVED_BACK, since=facts.stage_since_on)


def _stuck(facts: Facts) -> Finding | None:
    """It is in its stage for more days than the stage's limit."""
    if facts.stuck_days is None:
        return None
    days = (facts.today - facts.stage_since_on).days
    if days <= facts.stuck_days:
        return None
    since = facts.stage_since_on + timedelta(facts.stuck_days)
    return Finding(STUCK, since=since, count=days, limit=facts.stuck_days)


def _idle(facts: Facts) -> Finding | None:
    """Neither an activity nor a dated next step within the stage's limit.

    A next step that is still to come stops this clock; one that passed counts as a
    sign of life on its day. A deal without either counts from the day it began.
    """
    if facts.idle_days is None:
        return None
    signs = (facts.opened_on, facts.last_activity_on, facts.next_step_on)
    last = max(each for each in signs if each is not None)
    days = (facts.today - last).days
    if days <= facts.idle_days:
        return None
    return Finding(IDLE, since=last, count=days, limit=facts.idle_days)


def _no_next_step(facts: Facts) -> Finding | None:
    """Nothing dated is planned."""
    return None if facts.next_step_on is not None else Finding(NO_NEXT_STEP)


def _gone(facts: Facts) -> Finding | None:
    """The full exports of the CRM that it came from have it no more."""
    return None if facts.gone_on is None else Finding(GONE, since=facts.gone_on)


def _big(facts: Facts) -> Finding | None:
    """Its amount stands out among the team's open deals."""
    if facts.amount is None or facts.big_from is None or facts.amount < facts.big_from:
        return None
    return Finding(BIG)


def _new(facts: Facts) -> Finding | None:
    """It began within the last days."""
    days = (facts.today - facts.opened_on).days
    if not 0 <= days <= NEW_DAYS:
        return None
    return Finding(NEW, since=facts.opened_on, count=days)


def big_from(
    tenth: Decimal | None, median: Decimal | None, deals: int
) -> Decimal | None:
    """Return from which amount on a team's deal is big, or None when none is.

    tenth is the amount that a tenth of its open deals reach, median the usual one,
    deals how many have an amount. Where all deals are alike none is big.
    """
    if tenth is None or median is None or deals < FEWEST_FOR_BIG:
        return None
    return max(tenth, BIG_TIMES * median)


def slips(dates: Iterable[date | None]) -> int:
    """Return how often a date moved later in a row of values, oldest first."""
    count, before = 0, None
    for value in dates:
        if before is not None and value is not None and value > before:
            count += 1
        before = value if value is not None else before
    return count
