"""How we sell, and how that changes.

The rows of `Stage` and `Milestone` are the published process: the one truth that every
query, gate and page of a deal uses. Admins never edit them. Their edits are kept as
values in the one `Draft` of a process, stage by stage, until they are published: then
they are applied in one transaction, by the same services that always guarded these
rows, and the whole process is written down as the next `ProcessVersion`, which nobody
changes any more.

What is new in a draft takes its id from the sequence of the rows that it will become.
So a stage or a milestone has one id from its first draft through all its versions, an
address of its editor that stays, and two versions can be compared row by row.

A requirement that a publishing brings (a milestone that was not required before, or
the confirmed outcome) says for whom it binds: `asked_since` is when it came, and null
means that it was always there. Deals made since then are bound at once; those that
were there before from `binds_from` on, or never when that is null. Only
`process.gates` reads these two, for everything that counts what a deal misses.
"""

from pipeline.process.models.processes import (
    AnswerKind,
    ConfigurationQuerySet,
    Importance,
    Milestone,
    MilestoneKind,
    Process,
    ProcessQuerySet,
    Stage,
    StageKind,
    StageQuerySet,
)
from pipeline.process.models.versions import Draft, ForPresent, ProcessVersion

__all__ = [
    "AnswerKind",
    "ConfigurationQuerySet",
    "Draft",
    "ForPresent",
    "Importance",
    "Milestone",
    "MilestoneKind",
    "Process",
    "ProcessQuerySet",
    "ProcessVersion",
    "Stage",
    "StageKind",
    "StageQuerySet",
]
