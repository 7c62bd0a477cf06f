"""Changes to the process that reach into the deals: nothing is left without a home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from pipeline.opportunities.models import MilestoneRecord, Opportunity
from pipeline.opportunities.selectors.process_impact import answers_to
from pipeline.process import services as process
from pipeline.process.content import Plan
from pipeline.process.drafts import StageDraft
from pipeline.process.models import Importance, Milestone, Stage


@dataclass(frozen=True)
class StageUse:
    """What would be without a home if a stage went."""

    open_deals: int
    # Closed ones that would be reopened into it.
    closed_deals: int
    # What deals have said to its milestones.
    answers: int
    # Another stage of the draft goes, and its deals come here.
    is_target: bool = False

    @property
    def needs_target(self) -> bool:
        return bool(self.open_deals or self.closed_deals or self.is_target)


def stage_use(stage: Stage, plan: Plan | None = None) -> StageUse:
    """Return what uses a stage, also of those who come by a draft. Three queries."""
    removals = plan.removals.values() if plan else ()
    return StageUse(
        open_deals=Opportunity.objects.open().filter(stage=stage).count(),
        closed_deals=Opportunity.objects.filter(closed_from=stage).count(),
        answers=MilestoneRecord.objects.filter(milestone__stage=stage).count(),
        is_target=any(each.to == stage.pk for each in removals),
    )


@transaction.atomic
def save_stage(
    stage: Stage,
    draft: StageDraft,
    *,
    answers: Mapping[int, int | None],
) -> Stage:
    """Save a stage whole, and find a home for the answers of removed milestones.

    answers maps the id of a removed milestone to the one that takes its answers over,
    or to None: they are dropped, and only the history keeps them. A deal that has
    answered both keeps the answer to the one that stays.

    Raises ValidationError (code "answers") if a removed milestone has answers and
    `answers` does not say what becomes of them, or names one that does not stay; and
    what `process.services.save_stage` raises.
    """
    stage = _locked(stage)
    kept = {each.id for each in draft.milestones}
    stored = set(Milestone.objects.filter(stage=stage).values_list("pk", flat=True))
    for removed in sorted(answers_to(stored - kept)) if stage.is_open else ():
        if removed not in answers:
            raise ValidationError(
                _("Say what becomes of the answers to a removed milestone."),
                code="answers",
            )
        target = answers[removed]
        if target is not None and target not in kept & stored:
            raise ValidationError(
                _("Answers can go to a milestone that stays."), code="answers"
            )
        _give_answers(removed, target)
    return process.save_stage(stage, draft)


def _give_answers(removed: int, target: int | None) -> None:
    """Let `target` take over the records of a milestone; drop the rest."""
    records = MilestoneRecord.objects.filter(milestone=removed)
    if target is not None:
        answered = MilestoneRecord.objects.filter(milestone=target)
        records.exclude(opportunity__in=answered.values("opportunity")).update(
            milestone=target, version=F("version") + 1
        )
    MilestoneRecord.objects.filter(milestone=removed).delete()


@transaction.atomic
def remove_stage(
    stage: Stage,
    *,
    to: Stage | None,
    keep_answers: bool,
    now: datetime,
    called: str = "",
) -> int:
    """Remove an open stage and return how many open deals moved to `to`.

    Its open deals come to `to` now, with the reason that the stage was removed; closed
    ones would be reopened there. keep_answers: milestones that deals have answered go
    to `to` as optional ones; otherwise the answers are dropped, and only the history
    keeps them. called is its name for the reason, where it stands under another one.

    Raises ValidationError if deals need a target and there is none (code "target"), if
    the target is not another open stage of the process, and what
    `process.services.remove_stage` raises.
    """
    stage = _locked(stage)
    stage.name = called or stage.name
    if to is not None and (
        to.pk == stage.pk or to.process_id != stage.process_id or not to.is_open
    ):
        raise ValidationError(
            _("Choose another open stage of this process."), code="target"
        )
    use = stage_use(stage)
    if to is None and (use.needs_target or (use.answers and keep_answers)):
        raise ValidationError(
            _("Deals have been in this stage. Say where they go."), code="target"
        )
    moved = _move_deals(stage, to, now) if to and use.needs_target else 0
    _settle_answers(stage, to if keep_answers else None)
    process.remove_stage(stage)
    return moved


def _move_deals(stage: Stage, to: Stage, now: datetime) -> int:
    """Bring all deals of a stage to another one, and return how many were open."""
    # In one order with whoever else changes many deals.
    theirs = Opportunity.objects.filter(Q(stage=stage) | Q(closed_from=stage))
    list(theirs.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    Opportunity.objects.filter(closed_from=stage).update(closed_from=to)
    reason = _("The stage %(name)s was removed.") % {"name": stage.name}
    return Opportunity.objects.filter(stage=stage).update(
        stage=to,
        stage_since=now,
        move_reason=reason,
        is_override=False,
        version=F("version") + 1,
    )


def _settle_answers(stage: Stage, to: Stage | None) -> None:
    """Hand the answered milestones over to `to`, or drop their answers."""
    records = MilestoneRecord.objects.filter(milestone__stage=stage)
    if to is None:
        records.delete()
        return
    answered = Milestone.objects.filter(
        Q(pk__in=records.values("milestone")), stage=stage
    ).order_by("position")
    last = Milestone.objects.filter(stage=to).aggregate(last=Max("position"))["last"]
    _hand_over(answered, to, last or 0)
    Stage.objects.filter(pk=to.pk).update(version=F("version") + 1)


def _hand_over(milestones: Iterable[Milestone], to: Stage, last: int) -> None:
    moved = list(milestones)
    for position, milestone in enumerate(moved, last + 1):
        milestone.stage, milestone.position = to, position
        milestone.importance = Importance.OPTIONAL
        milestone.version += 1
    Milestone.objects.bulk_update(moved, ["stage", "position", "importance", "version"])


def _locked(stage: Stage) -> Stage:
    """Return the stage as it is now; nobody else changes its process meanwhile."""
    stages = process.lock_stages(stage.process)
    found = next((each for each in stages if each.pk == stage.pk), None)
    if found is None:
        raise ValidationError(_("This stage was removed meanwhile."), code="gone")
    return found
