"""A process as JSON, in a version or in a draft. No database.

A version holds `{"name", "description", "stages"}`. A draft holds `stages` and beside
them what happens when it is published: `removals` and `answers`; and what the editors
need meanwhile: `versions` of stages, and the `keys` of forms that added one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from pipeline.process.drafts import MilestoneDraft, StageDraft

type Content = dict[str, Any]


@dataclass(frozen=True)
class Removal:
    """A stage that goes, and what becomes of the deals in it."""

    stage_id: int
    # The stage that takes its deals; None while there are none.
    to: int | None = None
    # Whether its answered milestones come along.
    keep_answers: bool = True


@dataclass
class Plan:
    """What a draft would make of a process."""

    # The open ones in their order, then the closed ones.
    stages: list[StageDraft]
    removals: dict[int, Removal] = field(default_factory=dict)
    # Which milestone takes over the answers of a removed one; None drops them.
    answers: dict[int, int | None] = field(default_factory=dict)
    # The version of each stage that was edited in it.
    versions: dict[int, int] = field(default_factory=dict)
    # Which stage the form of that submission key added.
    keys: dict[str, int] = field(default_factory=dict)

    def stage(self, pk: int) -> StageDraft | None:
        """Return the stage of that id, or None if it is not there."""
        return next((each for each in self.stages if each.id == pk), None)

    def opened(self) -> list[StageDraft]:
        return [each for each in self.stages if each.kind == "open"]

    def closed(self) -> list[StageDraft]:
        return [each for each in self.stages if each.kind != "open"]


def stages_to_json(stages: Iterable[StageDraft]) -> list[Content]:
    """Return stages with their milestones as JSON can hold them."""
    return [{**asdict(each), "probability": str(each.probability)} for each in stages]


def stages_from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[StageDraft, ...]:
    """Return what `stages_to_json` wrote."""
    return tuple(_stage(row) for row in rows)


def _stage(row: Mapping[str, Any]) -> StageDraft:
    milestones = tuple(
        MilestoneDraft(**{**each, "choices": tuple(each["choices"])})
        for each in row["milestones"]
    )
    return StageDraft(
        **{
            **row,
            "probability": Decimal(row["probability"]),
            "questions": tuple(row["questions"]),
            "milestones": milestones,
        }
    )


def plan_to_json(plan: Plan) -> Content:
    """Return the content of a draft."""
    return {
        "stages": stages_to_json(plan.stages),
        "removals": [asdict(each) for each in plan.removals.values()],
        # The keys of JSON are texts.
        "answers": {str(key): value for key, value in plan.answers.items()},
        "versions": {str(key): value for key, value in plan.versions.items()},
        "keys": plan.keys,
    }


def plan_from_json(content: Mapping[str, Any]) -> Plan:
    """Return what `plan_to_json` wrote."""
    removals = [Removal(**each) for each in content["removals"]]
    return Plan(
        stages=list(stages_from_json(content["stages"])),
        removals={each.stage_id: each for each in removals},
        answers={int(key): value for key, value in content["answers"].items()},
        versions={int(key): value for key, value in content["versions"].items()},
        keys=dict(content["keys"]),
    )
