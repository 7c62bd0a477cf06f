"""What stands between a deal and its next stage, for one deal and for many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import IntegerField, Value
from django.utils.translation import gettext as _

from pipeline.opportunities.models import (
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
)
from pipeline.opportunities.selectors.rows import Deal
from pipeline.process.gates import (
    REQUIRED,
    Binding,
    Requirement,
    confirmed_outcome,
    is_left,
)
from pipeline.process.models import Milestone, Stage
from rhythm.people.models import User
from rhythm.people.zones import local_date
from rhythm.web.formats import day


@dataclass(frozen=True)
class Shown:
    """What deals have shown so far: milestones met, outcomes confirmed."""

    met: frozenset[tuple[int, int]]  # of deal and milestone
    confirmed: frozenset[int]  # deals with an outcome that a contact confirmed


def shown_by(opportunity_ids: Iterable[int]) -> Shown:
    """Return what the deals have shown. One query for any number of deals."""
    ids = list(opportunity_ids)
    met = MilestoneRecord.objects.filter(opportunity__in=ids, is_met=True)
    outcomes = CustomerOutcome.objects.filter(opportunity__in=ids)
    confirmed = outcomes.exclude(confirmed_by=None).order_by()
    rows = confirmed.values_list("opportunity_id", Value(None, IntegerField()))
    both = met.order_by().values_list("opportunity_id", "milestone_id").union(rows)
    found = set(both.order_by())
    return Shown(
        met=frozenset(each for each in found if each[1] is not None),
        confirmed=frozenset(deal for deal, milestone in found if milestone is None),
    )


def shown_in(deals: Iterable[Deal]) -> Shown:
    """Return what rows, or the deals of `with_shown`, have shown. No query."""
    found: list[Any] = list(deals)
    return Shown(
        met=frozenset((each.pk, key) for each in found for key in each.met_ids),
        confirmed=frozenset(each.pk for each in found if each.has_confirmed),
    )


@dataclass(frozen=True)
class Gates:
    """The open stages of some processes, with what each asks for on leaving it."""

    stages: tuple[Stage, ...]
    milestones: dict[int, tuple[Milestone, ...]]  # by stage
    # The moment for which it is told what binds a deal.
    now: datetime

    @cached_property
    def _by_process(self) -> dict[int, list[Stage]]:
        found: dict[int, list[Stage]] = {}
        for each in self.stages:
            found.setdefault(each.process_id, []).append(each)
        return found

    @cached_property
    def _by_key(self) -> dict[int, Stage]:
        return {each.pk: each for each in self.stages}

    @cached_property
    def _required(self) -> dict[int, list[tuple[int | None, Binding]]]:
        """What each stage requires: a milestone, or None for a confirmed outcome."""
        found: dict[int, list[tuple[int | None, Binding]]] = {}
        for stage in self.stages:
            found[stage.pk] = [
                (each.pk, binding_of(each))
                for each in self.milestones.get(stage.pk, ())
                if each.importance == REQUIRED
            ]
            if stage.needs_outcome:
                found[stage.pk].append((None, outcome_binding_of(stage)))
        return found

    def of(self, process_id: int) -> list[Stage]:
        """Return the open stages of a process in their order."""
        return self._by_process.get(process_id, [])

    def requirements(
        self, opportunity: Opportunity, shown: Shown, stages: Iterable[Stage]
    ) -> list[Requirement]:
        """Return what leaving `stages` asks of the deal, in their order."""
        found: list[Requirement] = []
        for stage in stages:
            found += [
                _requirement(
                    each,
                    stage,
                    (opportunity.pk, each.pk) in shown.met,
                    **self._binding(opportunity, binding_of(each)),
                )
                for each in self.milestones.get(stage.pk, ())
            ]
            if stage.needs_outcome:
                found.append(
                    confirmed_outcome(
                        _("A customer outcome that the customer confirmed"),
                        is_met=opportunity.pk in shown.confirmed,
                        stage_id=stage.pk,
                        stage_name=stage.name,
                        **self._binding(opportunity, outcome_binding_of(stage)),
                    )
                )
        return found

    def _binding(self, opportunity: Opportunity, binding: Binding) -> dict[str, Any]:
        binds = binding.binds(made_at=opportunity.created_at, now=self.now)
        return {
            "is_binding": binds,
            "binds_from": None if binds else binding.binds_from,
        }

    def until(
        self, opportunity: Opportunity, shown: Shown, to: Stage
    ) -> list[Requirement]:
        """Return what the gates between the deal's stage and `to` ask for."""
        here = self._position(opportunity)
        left = [
            each
            for each in self.of(opportunity.process_id)
            if is_left(each.position, start=here, end=to.position)
        ]
        return self.requirements(opportunity, shown, left)

    def to_leave(self, opportunity: Opportunity, shown: Shown) -> list[Requirement]:
        """Return what the gate of the deal's own stage asks for."""
        stages = self.of(opportunity.process_id)
        here = [each for each in stages if each.pk == opportunity.stage_id]
        return self.requirements(opportunity, shown, here)

    def lacking(self, opportunity: Deal, shown: Shown) -> int:
        """Return how many are `missing` of what the deal's own stage asks for."""
        return self._lacking(opportunity, shown, opportunity.stage_id)

    def lacking_to_win(self, opportunity: Deal, shown: Shown) -> int:
        """Return how many are `missing` of what its own stage and all after it ask for.

        It must be open.
        """
        stages = self.of(opportunity.process_id)
        here = self.stage(opportunity).position
        ahead = (each.pk for each in stages if each.position >= here)
        return sum(self._lacking(opportunity, shown, each) for each in ahead)

    def stage(self, opportunity: Deal) -> Stage:
        """Return the stage of an open deal."""
        return self._by_key[opportunity.stage_id]

    def _lacking(self, opportunity: Deal, shown: Shown, stage_id: int) -> int:
        """Count without putting each requirement together: there are many deals."""
        return sum(
            binding.binds(made_at=opportunity.created_at, now=self.now)
            for milestone, binding in self._required.get(stage_id, ())
            if (
                opportunity.pk not in shown.confirmed
                if milestone is None
                else (opportunity.pk, milestone) not in shown.met
            )
        )

    def _position(self, opportunity: Opportunity) -> int:
        for stage in self.stages:
            if stage.pk == opportunity.stage_id:
                return stage.position
        return opportunity.stage.position


def requirement_of(milestone: Milestone, *, is_met: bool) -> Requirement:
    """Return the milestone as the gate sees it."""
    return _requirement(milestone, milestone.stage, is_met)


def binding_of(milestone: Milestone) -> Binding:
    """Return of which deals the milestone is required, where it is."""
    return Binding(milestone.asked_since, milestone.binds_from)


def outcome_binding_of(stage: Stage) -> Binding:
    """Return of which deals the stage's confirmed outcome is required."""
    return Binding(stage.outcome_asked_since, stage.outcome_binds_from)


def _requirement(
    milestone: Milestone,
    stage: Stage,
    is_met: bool,
    *,
    is_binding: bool = True,
    binds_from: datetime | None = None,
) -> Requirement:
    return Requirement(
        milestone_id=milestone.pk,
        title=milestone.title,
        kind=milestone.kind,
        importance=milestone.importance,
        is_met=is_met,
        stage_id=stage.pk,
        stage_name=stage.name,
        hint=milestone.hint,
        answer_kind=milestone.answer_kind,
        choices=tuple(milestone.choices),
        is_binding=is_binding,
        binds_from=binds_from,
    )


def gates_of(
    process_ids: Iterable[int],
    stages: Iterable[Stage] | None = None,
    *,
    now: datetime,
) -> Gates:
    """Return the gates of the processes. One query; none with their open stages.

    Give stages with what they ask for, as `with_asked` does.
    """
    if stages is None:
        of_these = Stage.objects.open().filter(process__in=set(process_ids))
        stages = of_these.order_by("process", "position").with_asked()
    found = tuple(stages)
    return Gates(
        found,
        {
            each.pk: tuple(map(_milestone, each.asked))  # type: ignore[attr-defined]
            for each in found
        },
        now,
    )


def _milestone(values: dict[str, Any]) -> Milestone:
    """Return a milestone from the JSON of `with_asked`, where moments are texts."""
    moments = ("asked_since", "binds_from")
    read = {
        name: datetime.fromisoformat(values[name]) if values[name] else None
        for name in moments
    }
    return Milestone(**{**values, **read})


def binding_words(requirement: Requirement, viewer: User, now: datetime) -> str:
    """Return from when on it binds the deal: "binds from Thu 3 Dec". "" if it does."""
    if requirement.is_binding or requirement.is_met:
        return ""
    if requirement.importance != REQUIRED:
        return ""
    if requirement.binds_from is None:
        return _("for new deals only")
    on = local_date(requirement.binds_from, viewer.time_zone)
    return _("binds from %(day)s") % {"day": day(on, viewer.today(now))}


def requirements_until(
    opportunity: Opportunity, to: Stage, *, now: datetime
) -> list[Requirement]:
    """Return what the gates of every stage left on the way to `to` ask for.

    Skipping a stage leaves it too. Going back leaves none. Two queries.
    """
    gates = gates_of([opportunity.process_id], now=now)
    return gates.until(opportunity, shown_by([opportunity.pk]), to)
