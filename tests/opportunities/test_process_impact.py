"""Which open deals an edited gate would fail, by rep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from pipeline.opportunities.models import MilestoneRecord, Opportunity
from pipeline.opportunities.selectors.impact_rows import DEALS_PER_REP, REPS
from pipeline.opportunities.selectors.process_impact import Impact, process_impact
from pipeline.process.drafts import MilestoneDraft, StageDraft
from pipeline.process.models import Milestone, Stage
from pipeline.process.selectors import stage_draft
from rhythm.people.models import User
from tests.factories.opportunities import (
    ContactFactory,
    CustomerOutcomeFactory,
    OpportunityFactory,
)
from tests.factories.people import UserFactory
from tests.factories.process import MilestoneFactory, a_process

pytestmark = pytest.mark.django_db
NEW = MilestoneDraft(title="Security approval", kind="confirmed")


@pytest.fixture
def stage() -> Stage:
    return a_process().stages.get(name="Propose")


@pytest.fixture
def budget(stage: Stage) -> Milestone:
    return MilestoneFactory(stage=stage, title="Budget", position=1)


def draft_of(stage: Stage) -> StageDraft:
    return stage_draft(stage, stage.milestones.order_by("position"))


def with_new(stage: Stage, milestone: MilestoneDraft = NEW) -> StageDraft:
    draft = draft_of(stage)
    return replace(draft, milestones=(*draft.milestones, milestone))


def meets(deal: Opportunity, milestone: Milestone) -> None:
    MilestoneRecord.objects.create(
        opportunity=deal,
        milestone=milestone,
        is_met=True,
        done_on=date(2026, 11, 2),
        recorded_by=deal.owner,
        recorded_at=timezone.now(),
    )


def impact(stage: Stage, after: StageDraft, ada: User, **more) -> Impact:
    now = timezone.now()
    return process_impact(stage, draft_of(stage), after, viewer=ada, now=now, **more)


def test_a_new_required_milestone_fails_every_open_deal_of_the_stage(
    stage: Stage, budget: Milestone, ada: User, rita: User, otto: User
) -> None:
    ready = OpportunityFactory(stage=stage, owner=rita, amount=7000)
    meets(ready, budget)
    OpportunityFactory(stage=stage, owner=otto, amount=500)
    OpportunityFactory(stage=stage, owner=otto, amount=None)
    # Neither another stage nor a closed deal counts.
    OpportunityFactory(stage=stage.process.stages.get(name="Discover"), owner=rita)
    OpportunityFactory(
        stage=stage.process.stages.get(kind="won"),
        owner=rita,
        outcome="won",
        closed_on=date(2026, 11, 1),
    )
    found = impact(stage, with_new(stage), ada)
    assert (found.open, found.failing, found.added) == (3, 3, 3)
    assert found.mostly == "Security approval"
    assert [(rep.name, rep.count) for rep in found.reps] == [
        (otto.name, 2),
        (rita.name, 1),
    ]
    assert found.reps[1].deals[0].missing == "Security approval"
    assert found.reps[0].amount == "€500"


def test_without_an_edit_it_shows_who_is_still_at_work(
    stage: Stage, budget: Milestone, ada: User, rita: User
) -> None:
    meets(OpportunityFactory(stage=stage, owner=rita), budget)
    OpportunityFactory(stage=stage, owner=rita)
    found = impact(stage, draft_of(stage), ada)
    assert (found.open, found.failing, found.added) == (2, 1, 0)


@pytest.mark.parametrize("importance", ["expected", "optional"])
def test_what_is_not_required_fails_nobody(
    stage: Stage, ada: User, rita: User, importance: str
) -> None:
    OpportunityFactory(stage=stage, owner=rita)
    after = with_new(stage, replace(NEW, importance=importance))
    assert impact(stage, after, ada).failing == 0


def test_making_a_milestone_required_adds_to_those_that_have_not_met_it(
    stage: Stage, ada: User, rita: User
) -> None:
    milestone = MilestoneFactory(stage=stage, importance="optional")
    meets(OpportunityFactory(stage=stage, owner=rita), milestone)
    OpportunityFactory(stage=stage, owner=rita)
    draft = draft_of(stage)
    required = (replace(draft.milestones[0], importance="required"),)
    assert impact(stage, replace(draft, milestones=required), ada).added == 1


def test_a_confirmed_outcome_can_be_what_is_missing(
    stage: Stage, ada: User, rita: User
) -> None:
    has, hopes, _none = (OpportunityFactory(stage=stage, owner=rita) for _ in "123")
    CustomerOutcomeFactory(opportunity=hopes)
    CustomerOutcomeFactory(
        opportunity=has, confirmed_by=ContactFactory(), confirmed_on=date(2026, 11, 2)
    )
    after = replace(draft_of(stage), needs_outcome=True)
    assert impact(stage, after, ada).added == 2


def test_answers_that_move_count_where_they_go(
    stage: Stage, budget: Milestone, ada: User, rita: User
) -> None:
    other = MilestoneFactory(stage=stage, title="Money", position=2)
    deal = OpportunityFactory(stage=stage, owner=rita)
    meets(deal, budget)
    after = draft_of(stage)
    after = replace(after, milestones=after.milestones[1:])
    assert impact(stage, after, ada).failing == 1
    assert impact(stage, after, ada, answers={budget.pk: None}).failing == 1
    assert impact(stage, after, ada, answers={budget.pk: other.pk}).failing == 0


def test_long_lists_are_cut_and_say_so(stage: Stage, ada: User, rita: User) -> None:
    for number in range(DEALS_PER_REP + 2):
        OpportunityFactory(stage=stage, owner=rita, amount=Decimal(number))
    for _ in range(REPS):
        OpportunityFactory(stage=stage, owner=UserFactory())
    found = impact(stage, with_new(stage), ada)
    first = found.reps[0]
    assert (first.count, len(first.deals), first.more) == (7, DEALS_PER_REP, 2)
    assert first.deals[0].amount == "€6"
    assert (len(found.reps), found.more_reps) == (REPS, 1)


def test_it_takes_as_many_queries_for_many_deals_as_for_one(
    stage: Stage,
    budget: Milestone,
    ada: User,
    rita: User,
    otto: User,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    after = with_new(stage)
    OpportunityFactory(stage=stage, owner=rita)
    few = count_queries(lambda: impact(stage, after, ada))
    for _ in range(10):
        meets(OpportunityFactory(stage=stage, owner=rita), budget)
        OpportunityFactory(stage=stage, owner=otto)
    many = count_queries(lambda: impact(stage, after, ada))
    assert few == many
