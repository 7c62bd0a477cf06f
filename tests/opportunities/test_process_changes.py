"""The process changes under deals, and no deal is left without a home."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from pipeline.opportunities.models import MilestoneRecord, Opportunity
from pipeline.opportunities.services import process_changes as services
from pipeline.process import services as process_services
from pipeline.process.drafts import StageDraft
from pipeline.process.models import Milestone, Process, Stage
from pipeline.process.selectors import stage_draft, working
from rhythm.people.models import User
from tests.factories.opportunities import OpportunityFactory
from tests.factories.process import MilestoneFactory, a_process

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def process() -> Process:
    return a_process()


@pytest.fixture
def propose(process: Process) -> Stage:
    return process.stages.get(name="Propose")


@pytest.fixture
def discover(process: Process) -> Stage:
    return process.stages.get(name="Discover")


def draft_of(stage: Stage) -> StageDraft:
    return stage_draft(stage, stage.milestones.order_by("position"))


def answered(deal: Opportunity, milestone: Milestone) -> MilestoneRecord:
    return MilestoneRecord.objects.create(
        opportunity=deal,
        milestone=milestone,
        is_met=True,
        answer="yes",
        done_on=date(2026, 11, 2),
        recorded_by=deal.owner,
        recorded_at=NOW,
    )


# -- removing a stage -------------------------------------------------------------


def test_open_deals_move_with_a_reason(
    propose: Stage, discover: Stage, rita: User
) -> None:
    deal = OpportunityFactory(stage=propose, owner=rita)
    other = OpportunityFactory(stage=discover, owner=rita)
    moved = services.remove_stage(propose, to=discover, keep_answers=True, now=NOW)
    assert moved == 1
    deal.refresh_from_db()
    assert (deal.stage, deal.stage_since, deal.version) == (discover, NOW, 2)
    assert deal.move_reason == "The stage Propose was removed."
    other.refresh_from_db()
    assert other.version == 1
    assert not Stage.objects.filter(pk=propose.pk).exists()


def test_a_move_by_removal_is_in_the_history(
    propose: Stage, discover: Stage, rita: User
) -> None:
    deal = OpportunityFactory(stage=propose, owner=rita)
    services.remove_stage(propose, to=discover, keep_answers=True, now=NOW)
    event = Opportunity.events.rel.related_model.objects.get(pgh_obj_id=deal.pk)
    assert event.stage_id == propose.pk


def test_closed_deals_would_be_reopened_where_the_others_went(
    propose: Stage, discover: Stage, rita: User
) -> None:
    lost = propose.process.stages.get(kind="lost")
    deal = OpportunityFactory(
        stage=lost,
        owner=rita,
        outcome="lost",
        closed_on=date(2026, 11, 1),
        closed_from=propose,
    )
    with pytest.raises(ValidationError, match="Say where they go"):
        services.remove_stage(propose, to=None, keep_answers=False, now=NOW)
    services.remove_stage(propose, to=discover, keep_answers=False, now=NOW)
    deal.refresh_from_db()
    assert (deal.stage, deal.closed_from) == (lost, discover)


def test_a_stage_with_deals_needs_another_open_stage_of_its_process(
    propose: Stage, rita: User
) -> None:
    OpportunityFactory(stage=propose, owner=rita)
    elsewhere = a_process("Other", is_default=False).stages.all()[0]
    won = propose.process.stages.get(kind="won")
    for target in (propose, elsewhere, won):
        with pytest.raises(ValidationError, match="another open stage"):
            services.remove_stage(propose, to=target, keep_answers=True, now=NOW)
    assert Stage.objects.filter(pk=propose.pk).exists()


def test_answers_come_along_with_their_milestones_as_optional_ones(
    propose: Stage, discover: Stage, rita: User
) -> None:
    MilestoneFactory(stage=discover, title="Own", position=1)
    kept = MilestoneFactory(stage=propose, title="Answered", position=1)
    MilestoneFactory(stage=propose, title="Unanswered", position=2)
    record = answered(OpportunityFactory(stage=propose, owner=rita), kept)
    services.remove_stage(propose, to=discover, keep_answers=True, now=NOW)
    record.refresh_from_db()
    titles = [(m.title, m.importance) for m in discover.milestones.order_by("position")]
    assert titles == [("Own", "required"), ("Answered", "optional")]
    assert record.milestone == kept


def test_answers_can_be_dropped(propose: Stage, discover: Stage, rita: User) -> None:
    milestone = MilestoneFactory(stage=propose)
    answered(OpportunityFactory(stage=propose, owner=rita), milestone)
    services.remove_stage(propose, to=discover, keep_answers=False, now=NOW)
    assert not MilestoneRecord.objects.exists()
    assert not Milestone.objects.exists()


def test_a_refused_removal_changes_nothing(process: Process, rita: User) -> None:
    won = process.stages.get(kind="won")
    discover = process.stages.get(name="Discover")
    with pytest.raises(ValidationError, match="Every process ends"):
        services.remove_stage(won, to=discover, keep_answers=True, now=NOW)
    assert process.stages.count() == 6


def test_a_stage_that_somebody_removed_is_said_to_be_gone(
    propose: Stage, discover: Stage
) -> None:
    services.remove_stage(propose, to=None, keep_answers=False, now=NOW)
    with pytest.raises(ValidationError, match="removed meanwhile"):
        services.remove_stage(propose, to=None, keep_answers=False, now=NOW)


def test_the_page_asks_only_for_what_is_needed(
    as_user, ada: User, propose: Stage, discover: Stage, rita: User
) -> None:
    browser: Client = as_user(ada)
    url = reverse("opportunities:stage_remove", args=[propose.pk])
    assert 'name="to"' not in browser.get(url).content.decode()
    OpportunityFactory(stage=propose, owner=rita)
    page = browser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "1 open deal is in this stage" in page
    assert 'name="to"' in page
    assert 'name="answers"' not in page
    assert browser.post(url, {}).status_code == 422
    stale = browser.post(url, {"to": discover.pk, "version": 7})
    assert stale.status_code == 409
    assert "Nothing was removed" in stale.content.decode()
    answer = browser.post(url, {"to": discover.pk, "version": propose.version})
    assert answer.status_code == 302
    assert working(propose.process).plan.stage(propose.pk) is None
    assert Stage.objects.filter(pk=propose.pk).exists()


def test_a_process_with_deals_is_archived_not_deleted(rita: User) -> None:
    process = a_process("Old", is_default=False)
    OpportunityFactory(stage=process.stages.all()[0], owner=rita)
    with pytest.raises(ValidationError, match="Archive it instead"):
        process_services.delete_process(process)
    process_services.archive(process, now=NOW)
    assert Opportunity.objects.filter(process=process).exists()


# -- removing a milestone ---------------------------------------------------------


def test_a_removed_milestone_with_answers_needs_a_choice(
    propose: Stage, rita: User
) -> None:
    milestone = MilestoneFactory(stage=propose)
    answered(OpportunityFactory(stage=propose, owner=rita), milestone)
    empty = replace(draft_of(propose), milestones=())
    with pytest.raises(ValidationError, match="Say what becomes"):
        services.save_stage(propose, empty, answers={})
    services.save_stage(propose, empty, answers={milestone.pk: None})
    assert not MilestoneRecord.objects.exists()


def test_a_deal_keeps_its_answer_to_the_milestone_that_stays(
    propose: Stage, rita: User
) -> None:
    old = MilestoneFactory(stage=propose, title="Old", position=1)
    stays = MilestoneFactory(stage=propose, title="Stays", position=2)
    both, one = (OpportunityFactory(stage=propose, owner=rita) for _ in range(2))
    answered(both, old)
    own = answered(both, stays)
    moved = answered(one, old)
    draft = draft_of(propose)
    draft = replace(draft, milestones=draft.milestones[1:])
    services.save_stage(propose, draft, answers={old.pk: stays.pk})
    assert set(MilestoneRecord.objects.values_list("pk", "milestone")) == {
        (own.pk, stays.pk),
        (moved.pk, stays.pk),
    }


def test_answers_do_not_go_to_a_milestone_that_goes_too(
    propose: Stage, discover: Stage, rita: User
) -> None:
    old = MilestoneFactory(stage=propose, title="Old", position=1)
    foreign = MilestoneFactory(stage=discover)
    answered(OpportunityFactory(stage=propose, owner=rita), old)
    empty = replace(draft_of(propose), milestones=())
    for target in (old.pk, foreign.pk):
        with pytest.raises(ValidationError, match="that stays"):
            services.save_stage(propose, empty, answers={old.pk: target})
