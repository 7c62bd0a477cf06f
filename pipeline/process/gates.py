"""What stands between a deal and its next stage. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

REQUIRED = "required"
EXPECTED = "expected"
# The kind of the one requirement that is not a milestone: a confirmed outcome.
OUTCOME = "outcome"


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

    @property
    def is_outcome(self) -> bool:
        return self.kind == OUTCOME


def confirmed_outcome(
    title: str, *, is_met: bool, stage_id: int, stage_name: str
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
    )


def missing(requirements: Iterable[Requirement]) -> list[Requirement]:
    """Return the required ones that are not met, in the given order."""
    return [
        each for each in requirements if each.importance == REQUIRED and not each.is_met
    ]


def also_open(requirements: Iterable[Requirement]) -> list[Requirement]:
    """Return the expected ones that are not met: worth saying, no reason to refuse."""
    return [
        each for each in requirements if each.importance == EXPECTED and not each.is_met
    ]


def is_left(position: int, *, start: int, end: int) -> bool:
    """Return True if going from `start` to `end` leaves the stage at `position`.

    All three are positions of stages in their process. Skipping a stage leaves it
    too, so its gate counts; going back leaves none.
    """
    return start <= position < end
