"""The blocks of a meeting whose cadence has no agenda of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rhythm.calendar.models import BlockKind, MeetingKind


@dataclass(frozen=True)
class PlannedBlock:
    """A block as an agenda begins with it."""

    kind: BlockKind
    minutes: int
    # Empty: the kind's word.
    title: Promise | str = ""
    how: Promise | str = ""

    def __str__(self) -> str:
        return str(self.title or self.kind.label)


COMMITMENTS = PlannedBlock(
    BlockKind.COMMITMENTS,
    5,
    how=_("Kept, or not: one word each. What is not kept gets a new date or goes."),
)
BARRIERS = PlannedBlock(
    BlockKind.BARRIERS,
    10,
    how=_("What stands in the way, and who removes it by when."),
)
CASE = PlannedBlock(
    BlockKind.DIFFICULT_CASE,
    15,
    how=_("One live deal. The owner asks one question, the others answer it."),
)
BEST_PRACTICE = PlannedBlock(
    BlockKind.BEST_PRACTICE,
    5,
    how=_("What worked last week, so that the next one can do it tomorrow."),
)
_TEAM_MEETING = (
    COMMITMENTS,
    CASE,
    PlannedBlock(
        BlockKind.ROLE_PLAY,
        10,
        how=_("Play the next talk of this case: one sells, one buys, one watches."),
    ),
    BEST_PRACTICE,
    BARRIERS,
)
_OTHERS = (COMMITMENTS, CASE, BARRIERS)
_DEFAULTS: dict[MeetingKind, tuple[PlannedBlock, ...]] = {
    MeetingKind.HUDDLE: (
        COMMITMENTS,
        PlannedBlock(
            BlockKind.ROUND,
            7,
            how=_("A minute each: what I win today, and what I need for it."),
        ),
        PlannedBlock(BlockKind.BARRIERS, 3, how=_("Who helps whom, right after this.")),
    ),
    MeetingKind.TEAM_MEETING: _TEAM_MEETING,
    MeetingKind.FORECAST_CALL: (
        COMMITMENTS,
        PlannedBlock(
            BlockKind.DIFFICULT_CASE,
            15,
            _("Deals that decide the period"),
            _("Only those that can still tip: what would have to be true by when."),
        ),
        BARRIERS,
    ),
    MeetingKind.EXECUTIVE_REVIEW: (
        COMMITMENTS,
        PlannedBlock(
            BlockKind.ACCOUNT_STRATEGY,
            25,
            how=_("The few accounts that carry the year."),
        ),
        PlannedBlock(
            BlockKind.BARRIERS,
            20,
            how=_("What only this round can decide. Decide it."),
        ),
    ),
    MeetingKind.WIN_LOSS_REVIEW: (
        COMMITMENTS,
        PlannedBlock(
            BlockKind.DIFFICULT_CASE,
            20,
            _("One lost deal"),
            _("What did we know, and when could we have known it?"),
        ),
        PlannedBlock(
            BlockKind.BEST_PRACTICE,
            15,
            _("One won deal"),
            _("Why us? What of it can be done again?"),
        ),
    ),
    MeetingKind.ONE_ON_ONE: (
        COMMITMENTS,
        PlannedBlock(
            BlockKind.DIFFICULT_CASE, 10, how=_("The rep chooses. Questions first.")
        ),
        PlannedBlock(
            BlockKind.SKILL, 10, how=_("One skill, practised, not talked about.")
        ),
        PlannedBlock(BlockKind.BARRIERS, 5),
    ),
}

# These kinds have no blocks, and no agenda of any cadence: what they go through.
INSTEAD: dict[str, Promise | str] = {
    MeetingKind.PIPELINE_REVIEW: _(
        "The deals that need the team, each with its reasons."
    ),
    MeetingKind.ACCOUNT_REVIEW: _(
        "The account plans most in need, each with its reasons."
    ),
}


def blocks_for(kind: str, minutes: int | None = None) -> Sequence[PlannedBlock]:
    """Return the blocks with which meetings of `kind` begin, in order.

    They fit into a meeting of so many minutes; None: they are as long as they like.
    """
    blocks = _DEFAULTS.get(MeetingKind(kind), _OTHERS)
    return blocks if minutes is None else fitted(blocks, minutes)


def fitted(blocks: Sequence[PlannedBlock], minutes: int) -> Sequence[PlannedBlock]:
    """Return the blocks, shortened in proportion until they fit into `minutes`.

    Each keeps a minute at least. Those that fit stay as they are.
    """
    # Shared out is what each has beyond its one minute.
    ends = list(accumulate((each.minutes - 1 for each in blocks), initial=0))
    spare = max(minutes - len(blocks), 0)
    if ends[-1] <= spare:
        return blocks
    shares = pairwise(round(end * spare / ends[-1]) for end in ends)
    return [
        replace(each, minutes=1 + end - begin)
        for each, (begin, end) in zip(blocks, shares, strict=True)
    ]
