"""A process as it is written down before it is stored. No database."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class MilestoneDraft:
    """A milestone as a form or a template has it."""

    title: str
    # A `MilestoneKind`.
    kind: str = "do"
    # An `Importance`.
    importance: str = "required"
    hint: str = ""
    # An `AnswerKind`.
    answer_kind: str = "text"
    choices: tuple[str, ...] = ()
    # None while it is new.
    id: int | None = None


@dataclass(frozen=True)
class StageDraft:
    """A stage with its milestones, in order."""

    name: str
    buyer_step: str = ""
    purpose: str = ""
    # A share between 0 and 1.
    probability: Decimal = Decimal(0)
    # Days; None never is stuck, or idle.
    stuck_days: int | None = None
    idle_days: int | None = None
    # Markdown.
    guidance: str = ""
    questions: tuple[str, ...] = ()
    needs_outcome: bool = False
    milestones: tuple[MilestoneDraft, ...] = ()
    # A `StageKind`.
    kind: str = "open"
    # None while it is new.
    id: int | None = None


@dataclass(frozen=True)
class ProcessDraft:
    """A process with its open stages. Won, lost and walked away come by themselves."""

    name: str
    description: str = ""
    stages: tuple[StageDraft, ...] = ()
