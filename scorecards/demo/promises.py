"""What was promised in reviews, and whether it was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from rhythm.calendar.models import Meeting
from rhythm.commitments.models import Commitment, CommitmentState
from scorecards.demo.days import Days
from scorecards.demo.deal import Promise
from scorecards.demo.deals import Told

REPS_PROMISE = (
    "Send the savings sheet to the plant manager",
    "Book the call with purchasing",
    "Ask who signs above the limit of the plant",
    "Get the two dates of the shutdown in writing",
    "Visit the night shift and count the stops",
    "Have the champion correct the business case",
    "Agree what the pilot has to show",
    "Ask for the name of the roll-out owner",
    "Find out whom they compare us with",
    "Send the reference and fix the date of the visit",
)
MANAGERS_PROMISE = (
    "Call their director as a peer",
    "Get the discount for the second line decided",
    "Find an engineer for the survey",
    "Come along to the steering group",
)
DROPPED = ("The deal took another turn", "Done by the customer already")
# Of a hundred past promises: kept in time, kept late, and the rest dropped.
KEPT, KEPT_LATE = 82, 96
# What was not kept in time is open for so many days; later it was kept after all.
LONGEST_OPEN = 16
# Rita's stories tell what she owes in these days.
OWN_DAYS = 60


@dataclass(frozen=True)
class Due:
    """When a promise was due and what became of it. Days ago; negative is ahead."""

    due_ago: int
    state: CommitmentState
    kept_ago: int | None = None


def told_in_story(promise: Promise) -> Due:
    """Return what became of a promise that somebody wrote."""
    if promise.kept_ago is None:
        return Due(-promise.due_in, CommitmentState.OPEN)
    return Due(-promise.due_in, CommitmentState.KEPT, promise.kept_ago)


def become(random: Random, days: Days, made_ago: int, *, is_managers: bool) -> Due:
    """Return what became of a promise that was made so many days ago."""
    due_ago = days.workday(max(made_ago - random.randint(4, 12), -9))
    luck = 1 if is_managers else random.randint(1, 100)
    if due_ago < 0:
        return Due(due_ago, CommitmentState.OPEN)
    if luck <= KEPT:
        kept = random.randint(due_ago, max(made_ago - 1, due_ago))
        return Due(due_ago, CommitmentState.KEPT, kept)
    if luck > KEPT_LATE:
        return Due(due_ago, CommitmentState.DROPPED)
    if 0 < due_ago <= LONGEST_OPEN:
        return Due(due_ago, CommitmentState.OPEN)
    late = max(due_ago - random.randint(1, 6), 0)
    return Due(due_ago, CommitmentState.KEPT, late)


def may_promise(told: Told, made_ago: int) -> bool:
    """Return whether chance may let its owner promise something."""
    return told.owner.is_active and (told.deal.owner != "rita" or made_ago > OWN_DAYS)


def make(
    what: str,
    due: Due,
    told: Told,
    *,
    meeting: Meeting,
    at: datetime,
    days: Days,
    is_managers: bool,
) -> Commitment:
    """Return the commitment, not saved yet."""
    due_on, chair = days.on(-due.due_ago), meeting.chair
    is_dropped = due.state == CommitmentState.DROPPED
    return Commitment(
        what=what,
        promiser=chair if is_managers else told.owner,
        receiver=told.owner if is_managers else chair,
        due_on=due_on,
        first_due_on=due_on,
        state=due.state,
        kept_on=None if due.kept_ago is None else days.on(-due.kept_ago),
        drop_reason=DROPPED[len(what) % len(DROPPED)] if is_dropped else "",
        made_in=meeting,
        about=told.deal.account,
        about_url=told.opportunity.get_absolute_url(),
        created_at=at,
    )
