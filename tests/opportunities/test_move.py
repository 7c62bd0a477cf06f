from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from pipeline.opportunities import services
from pipeline.opportunities.models import Opportunity
from pipeline.process.models import Stage
from rhythm.people.models import User
from rhythm.web.versions import Conflict
from tests.factories.opportunities import (
    ContactFactory,
    CustomerOutcomeFactory,
    MilestoneRecordFactory,
    OpportunityFactory,
)
from tests.factories.process import MilestoneFactory, StageFactory, a_process


def test_moving_forward_through_an_open_gate_is_kept(
    deal: Opportunity, propose: Stage, rita: User, now: datetime
) -> None:
    later = now + timedelta(days=2)
    moved = services.move(deal, to=propose, by=rita, now=later)

    assert (moved.stage, moved.stage_since) == (propose, later)
    assert moved.version == deal.version + 1
    event = moved.events.get()
    assert event.stage_id == deal.stage_id


def test_a_required_milestone_that_is_open_refuses_the_move_by_name(
    deal: Opportunity, discover: Stage, propose: Stage, rita: User, now: datetime
) -> None:
    MilestoneFactory(stage=discover, title="Budget is known")
    MilestoneFactory(stage=discover, title="Nice to have", importance="expected")

    with pytest.raises(ValidationError) as refusal:
        services.move(deal, to=propose, by=rita, now=now)

    assert refusal.value.messages == ["Budget is known"]
    assert refusal.value.code == "gate"
    deal.refresh_from_db()
    assert deal.stage == discover


def test_skipping_a_stage_still_passes_its_gate(
    deal: Opportunity, propose: Stage, negotiate: Stage, rita: User, now: datetime
) -> None:
    MilestoneFactory(stage=propose, title="Amount is known")
    MilestoneFactory(stage=negotiate, title="Signature date")

    with pytest.raises(ValidationError, match="Amount is known"):
        services.move(deal, to=negotiate, by=rita, now=now)


def test_met_milestones_let_it_pass(
    deal: Opportunity, discover: Stage, propose: Stage, rita: User, now: datetime
) -> None:
    milestone = MilestoneFactory(stage=discover)
    MilestoneRecordFactory(opportunity=deal, milestone=milestone)

    assert services.move(deal, to=propose, by=rita, now=now).stage == propose


def test_a_stage_may_need_an_outcome_that_the_customer_confirmed(
    deal: Opportunity, discover: Stage, propose: Stage, rita: User, now: datetime
) -> None:
    discover.needs_outcome = True
    discover.save()
    outcome = CustomerOutcomeFactory(opportunity=deal)
    with pytest.raises(services.GateClosed) as refusal:
        services.move(deal, to=propose, by=rita, now=now)
    assert refusal.value.missing[0].is_outcome

    services.confirm_outcome(
        outcome,
        by=rita,
        contact=ContactFactory(),
        on=date(2026, 11, 2),
        how="On the call",
        today=date(2026, 11, 19),
        shown_version=1,
    )
    assert services.move(deal, to=propose, by=rita, now=now).stage == propose


def test_who_leads_the_owner_overrides_with_a_reason_that_is_kept(
    deal: Opportunity, discover: Stage, propose: Stage, vera: User, now: datetime
) -> None:
    MilestoneFactory(stage=discover)
    with pytest.raises(services.GateClosed):
        services.move(deal, to=propose, by=vera, now=now)

    moved = services.move(deal, to=propose, by=vera, now=now, reason="Board wants it")

    assert moved.is_override
    assert moved.move_reason == "Board wants it"


@pytest.mark.parametrize("who", ["rita", "otto", "omar", "max_", "ada"])
def test_nobody_else_overrides(
    who: str,
    deal: Opportunity,
    discover: Stage,
    propose: Stage,
    now: datetime,
    request: pytest.FixtureRequest,
) -> None:
    MilestoneFactory(stage=discover)
    # Otto and Omar do not see it, Max only reads it, the others meet the gate.
    with pytest.raises((services.GateClosed, PermissionDenied, Http404)):
        by = request.getfixturevalue(who)
        services.move(deal, to=propose, by=by, now=now, reason="Please")


def test_a_manager_does_not_override_for_an_own_deal(
    discover: Stage, propose: Stage, lena: User, now: datetime
) -> None:
    own = OpportunityFactory(owner=lena, stage=discover)
    MilestoneFactory(stage=discover)
    with pytest.raises(services.GateClosed):
        services.move(own, to=propose, by=lena, now=now, reason="I say so")


def test_moving_back_needs_a_reason(
    deal: Opportunity, discover: Stage, propose: Stage, rita: User, now: datetime
) -> None:
    services.move(deal, to=propose, by=rita, now=now)
    with pytest.raises(ValidationError, match="Say why") as refusal:
        services.move(deal, to=discover, by=rita, now=now, reason="  ")
    assert "reason" in {each.code for each in refusal.value.error_list}

    moved = services.move(deal, to=discover, by=rita, now=now, reason="New buyer")
    assert (moved.stage, moved.move_reason) == (discover, "New buyer")
    assert not moved.is_override


def test_passing_a_gate_ends_what_the_file_said(
    deal: Opportunity, propose: Stage, rita: User, now: datetime
) -> None:
    Opportunity.objects.filter(pk=deal.pk).update(is_gated=False)
    assert services.move(deal, to=propose, by=rita, now=now).is_gated


def test_moving_to_where_it_is_changes_nothing(
    deal: Opportunity, discover: Stage, rita: User, now: datetime
) -> None:
    assert services.move(deal, to=discover, by=rita, now=now).version == 1


def test_stages_of_other_processes_and_closed_ones_are_refused(
    deal: Opportunity, rita: User, now: datetime
) -> None:
    renewal = a_process("Renewal", is_default=False)
    won = deal.process.stages.get(kind="won")
    for to in [renewal.stages.order_by("position")[0], won]:
        with pytest.raises(ValidationError, match="open stage"):
            services.move(deal, to=to, by=rita, now=now)


def test_a_move_of_what_somebody_else_moved_is_a_conflict(
    deal: Opportunity, propose: Stage, negotiate: Stage, rita: User, now: datetime
) -> None:
    services.move(deal, to=propose, by=rita, now=now, shown_version=1)
    with pytest.raises(Conflict):
        services.move(deal, to=negotiate, by=rita, now=now, shown_version=1)


def test_closing_keeps_the_reason_and_where_it_stood(
    deal: Opportunity, discover: Stage, rita: User, now: datetime
) -> None:
    closed = services.close(deal, outcome="lost", reason="No budget", by=rita, now=now)

    assert closed.stage.kind == "lost"
    assert (closed.closed_from, closed.closed_on) == (discover, date(2026, 11, 19))
    assert closed.close_reason == "No budget"


@pytest.mark.parametrize(("outcome", "reason"), [("lost", " "), ("drawn", "Why not")])
def test_closing_needs_a_known_outcome_and_a_reason(
    deal: Opportunity, rita: User, now: datetime, outcome: str, reason: str
) -> None:
    with pytest.raises(ValidationError):
        services.close(deal, outcome=outcome, reason=reason, by=rita, now=now)


def test_a_closed_deal_neither_moves_nor_closes_again(
    deal: Opportunity, propose: Stage, rita: User, now: datetime
) -> None:
    services.close(deal, outcome="won", reason="Signed", by=rita, now=now)
    with pytest.raises(ValidationError, match="closed"):
        services.move(deal, to=propose, by=rita, now=now)
    with pytest.raises(ValidationError, match="closed"):
        services.close(deal, outcome="lost", reason="Oh", by=rita, now=now)


def test_reopening_goes_back_to_where_it_was_closed_from(
    deal: Opportunity, propose: Stage, rita: User, now: datetime
) -> None:
    services.move(deal, to=propose, by=rita, now=now)
    services.close(deal, outcome="lost", reason="No budget", by=rita, now=now)
    with pytest.raises(ValidationError, match="Say why"):
        services.reopen(deal, reason="", by=rita, now=now)

    reopened = services.reopen(deal, reason="They called", by=rita, now=now)

    assert (reopened.stage, reopened.is_open) == (propose, True)
    assert reopened.move_reason == "They called"


def test_what_a_file_brought_in_closed_reopens_at_the_first_stage(
    discover: Stage, rita: User, now: datetime
) -> None:
    lost = OpportunityFactory(
        owner=rita,
        stage=discover.process.stages.get(kind="lost"),
        outcome="lost",
        closed_on=date(2026, 1, 2),
    )
    assert services.reopen(lost, reason="Alive", by=rita, now=now).stage == discover


def test_a_process_without_the_closed_stage_says_so(rita: User, now: datetime) -> None:
    deal = OpportunityFactory(owner=rita, stage=StageFactory())
    with pytest.raises(ValidationError, match="no stage"):
        services.close(deal, outcome="won", reason="Signed", by=rita, now=now)
