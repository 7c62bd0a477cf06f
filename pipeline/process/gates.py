"""What stands between a deal and its next stage. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

REQUIRED = "required"
EXPECTED = "expected"
# The kind of the one requirement that is not a milestone: a confirmed outcome.
OUTCOME = "outcome"


@dataclass(frozen=True)
class Binding:
    """Since when something is required, and from when on of older deals."""

    # Both aware. Since None: it was always required, of all deals.
    asked_since: datetime | None = None
    # None: never of deals that were there before it was asked.
    binds_from: datetime | None = None

    def binds(self, *, made_at: datetime, now: datetime) -> bool:
        """Return whether it is required at `now` of a deal made at `made_at`."""
        if self.asked_since is None or made_at >= self.asked_since:
            return True
        return self.binds_from is not None and now >= self.binds_from


ALWAYS = Binding()


@dataclass(frozen=True)
class Requirement:
    """A milestone as the gate sees it, or the need for a confirmed outcome."""

    # None for the confirmed outcome.
    milestone_id: int | None
    title: str
    # A `MilestoneKind`, or OUTCOME.
    kind: str
    # An `Importance`.
    importance: str
    is_met: bool
    # The stage that one cannot leave without it.
    stage_id: int
    stage_name: str
    hint: str = ""
    # An `AnswerKind`.
    answer_kind: str = "text"
    choices: tuple[str, ...] = ()
    # False while the deal is spared: it was there before this was required.
    is_binding: bool = True
    # When that ends; None never, or where it binds.
    binds_from: datetime | None = None

    @property
    def is_outcome(self) -> bool:
        return self.kind == OUTCOME


def confirmed_outcome(
    title: str,
    *,
    is_met: bool,
    stage_id: int,
    stage_name: str,
    is_binding: bool = True,
    binds_from: datetime | None = None,
) -> Requirement:
    """Return the requirement of a stage that needs a confirmed customer outcome.

    title is what a person reads; is_met says that a contact confirmed one.
    """
    return Requirement(
        milestone_id=None,
        title=title,
        kind=OUTCOME,
        importance=REQUIRED,
        is_met=is_met,
        stage_id=stage_id,
        stage_name=stage_name,
        is_binding=is_binding,
        binds_from=binds_from,
    )


def missing(requirements: Iterable[Requirement]) -> list[Requirement]:
    """Return the required ones that bind and are not met, in the given order."""
    return [
        each
        for each in requirements
        if each.importance == REQUIRED and each.is_binding and not each.is_met
    ]


def also_open(requirements: Iterable[Requirement]) -> list[Requirement]:
    """Return what is not met and worth saying, though no reason to refuse.

    That is what is expected, and what is required but does not bind the deal yet.
    """
    return [
        each
        for each in requirements
        if not each.is_met
        and (
            each.importance == EXPECTED
            or (each.importance == REQUIRED and not each.is_binding)
        )
    ]


def is_left(position: int, *, start: int, end: int) -> bool:
    """Return True if going from `start` to `end` leaves the stage at `position`.

    All three are positions of stages in their process. Skipping a stage leaves it
    too, so its gate counts; going back leaves none.
    """
    return start <= position < end
