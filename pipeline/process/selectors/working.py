"""A process as its editors see it: what is published, and the draft above it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Max

from pipeline.process.content import Plan, plan_from_json
from pipeline.process.drafts import MilestoneDraft, StageDraft
from pipeline.process.models import Draft, Milestone, Process, ProcessVersion, Stage
from pipeline.process.selectors.changes import changes
from pipeline.process.selectors.drafts import stage_draft
from pipeline.process.selectors.pages import unsaved_stage
from rhythm.people.models import User
from rhythm.web import formats


@dataclass
class Working:
    """What is published of a process, and what its draft would make of it."""

    process: Process
    live: tuple[StageDraft, ...]
    # The versions of the published stages.
    versions: dict[int, int]
    # As published while there is no draft.
    plan: Plan
    # None while nothing is edited.
    draft: Draft | None = field(default=None)

    def version(self, stage_id: int) -> int:
        """Return the version of a stage that its editor carries."""
        return self.plan.versions.get(stage_id) or self.versions.get(stage_id, 1)

    def live_stage(self, pk: int) -> StageDraft | None:
        """Return the stage as it is published; None for one of the draft only."""
        return next((each for each in self.live if each.id == pk), None)

    def stage(self, pk: int) -> Stage:
        """Return a stage of the draft as a record that is not saved.

        Raises KeyError if it is not in the draft.
        """
        for position, each in enumerate(self.plan.stages, 1):
            if each.id == pk:
                version = self.version(pk)
                return unsaved_stage(self.process, each, position, version)
        raise KeyError(pk)

    def changes(self) -> list[str]:
        """Return what publishing the draft would change, in words."""
        return changes(self.live, self.plan.stages, self.plan.removals)


@dataclass(frozen=True)
class DraftState:
    """That there are edits which are not published."""

    changes: tuple[str, ...]
    # What a form carries of it.
    shown: str
    # "Ada Admin, Thu 19 Nov, 14:52"
    edited: str
    # The number that publishing would give it.
    number: int

    @property
    def is_empty(self) -> bool:
        return not self.changes


def draft_state(
    process: Process, *, viewer: User, now: datetime, found: Working | None = None
) -> DraftState | None:
    """Return what is not published of a process. None if nothing is, or for others.

    Two queries and three more where there is a draft, without `found`.
    """
    if not viewer.is_admin:
        return None
    if found is None:
        if not Draft.objects.visible_to(viewer).filter(process=process).exists():
            return None
        found = working(process)
    if found.draft is None:
        return None
    last = ProcessVersion.objects.filter(process=process).aggregate(n=Max("number"))
    moment = found.draft.edited_at.astimezone(ZoneInfo(viewer.time_zone))
    when = formats.day_clock(moment, viewer.today(now))
    return DraftState(
        changes=tuple(found.changes()),
        shown=found.draft.shown,
        edited=f"{found.draft.edited_by.name}, {when}",
        number=(last["n"] or 0) + 1,
    )


def working(process: Process) -> Working:
    """Return a process with its draft. Two queries."""
    stages = Stage.objects.filter(process=process).order_by("position").with_asked()
    found = list(stages)
    names = [each.name for each in fields(MilestoneDraft)]
    live = tuple(
        stage_draft(
            stage,
            (
                Milestone(**{name: values[name] for name in names})
                for values in stage.asked  # type: ignore[attr-defined]
            ),
        )
        for stage in found
    )
    draft = Draft.objects.filter(process=process).select_related("edited_by").first()
    return Working(
        process=process,
        live=live,
        versions={stage.pk: stage.version for stage in found},
        plan=plan_from_json(draft.content) if draft else Plan(list(live)),
        draft=draft,
    )
