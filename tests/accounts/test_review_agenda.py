"""What is on the agenda of an account review, and why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from pipeline.accounts import services, tasks
from pipeline.accounts.models import (
    AccountReview,
)
from rhythm.calendar.models import (
    Meeting,
    MeetingKind,
    MeetingState,
)
from rhythm.calendar.services import plan_due
from tests.accounts.conftest import LATER, NOW, item_of, kinds
from tests.factories.accounts import PlanFactory, PlanRiskFactory
from tests.factories.meetings import CadenceFactory, CommitmentFactory, MeetingFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.ticks import TickFactory

pytestmark = pytest.mark.django_db


# -- The agenda ---------------------------------------------------------------------
def test_the_plans_of_the_team_come_on_it_the_neediest_first(
    meeting, plan, other, otto
):
    PlanFactory(owner=otto)
    PlanRiskFactory(plan=other, severity="high")
    review = services.prepare(meeting, now=NOW)
    on_it = list(review.items.order_by("position").values_list("plan_id", flat=True))
    assert on_it == [other.pk, plan.pk]
    assert kinds(review, other) == ["never_reviewed", "high_risk", "no_move"]
    assert kinds(review, plan) == ["never_reviewed", "no_move", "big"]


def test_a_review_with_a_person_holds_that_person_s_plans(lena, rita, plan):
    PlanFactory(owner=lena)
    meeting = MeetingFactory(
        kind=MeetingKind.ACCOUNT_REVIEW,
        team=None,
        person=rita,
        chair=lena,
        starts_at=NOW,
    )
    review = services.prepare(meeting, now=NOW)
    assert [each.plan for each in review.items.all()] == [plan]


def test_the_leader_s_own_plan_comes_on_it_too(meeting, plan, lena):
    own = PlanFactory(owner=lena)
    review = services.prepare(meeting, now=NOW)
    assert {each.plan for each in review.items.all()} == {plan, own}


def test_broken_moves_and_what_is_overdue_are_reasons(meeting, plan, rita, lena):
    plan.last_reviewed_at = NOW - timedelta(days=100)
    plan.next_review_on = date(2026, 11, 1)
    plan.save()
    broken = {"due_on": date(2026, 11, 2), "first_due_on": date(2026, 11, 2)}
    made = CommitmentFactory(promiser=rita, receiver=lena, **broken)
    plan.commitments.add(made)
    review = services.prepare(meeting, now=NOW)
    assert kinds(review, plan) == ["commitment_broken", "overdue", "big"]


def test_a_plan_that_is_due_today_is_not_overdue(meeting, plan):
    plan.last_reviewed_at = NOW - timedelta(days=100)
    plan.next_review_on = NOW.date()
    plan.save()
    review = services.prepare(meeting, now=NOW)
    assert "overdue" not in kinds(review, plan)


def test_what_is_added_by_hand_is_big_only_beside_the_others(
    meeting, plan, other, rita, lena
):
    """Weighed alone, the smallest account had the most in open deals."""
    for _time in range(3):
        OpportunityFactory(owner=rita, account=PlanFactory(owner=rita).account)
    small = PlanFactory(owner=lena)
    OpportunityFactory(owner=lena, account=small.account, amount=1)
    review = services.prepare(meeting, now=NOW)
    services.add_plan(review, small, by=lena, now=NOW)
    assert "big" not in kinds(review, small)


def test_a_missed_review_takes_one_more_account(meeting, plan, other, lena):
    review = services.prepare(meeting, now=NOW)
    services.drop_plan(item_of(review, other), by=lena)
    meeting.state, meeting.missed_at = MeetingState.MISSED, NOW
    meeting.save()
    assert services.add_plan(review, other, by=lena, now=LATER).plan == other


def test_preparing_twice_makes_one(meeting, plan):
    first = services.prepare(meeting, now=NOW)
    assert services.prepare(meeting, now=NOW) == first


def test_other_meetings_have_no_account_review(central, lena):
    with pytest.raises(ValidationError):
        services.prepare(MeetingFactory(team=central, chair=lena), now=NOW)


def test_the_tick_makes_the_agenda_when_preparation_begins(
    central, lena, plan, django_capture_on_commit_callbacks
):
    CadenceFactory(
        team=central,
        kind=MeetingKind.ACCOUNT_REVIEW,
        prepare_hours=24,
        remind_minutes=[],
    )
    plan_due(now=NOW)
    called = Meeting.objects.earliest("starts_at")
    soon = called.starts_at - timedelta(hours=23)
    for now, wanted in ((soon - timedelta(hours=2), 0), (soon, 1)):
        with django_capture_on_commit_callbacks(execute=False) as hints:
            tasks.tick(TickFactory(at=now))
        assert len(hints) == wanted
    tasks.prepare(called.pk, TickFactory(at=soon).pk)
    assert AccountReview.objects.get().items.get().plan == plan
    assert services.to_prepare(soon) == []


def test_the_chair_adds_and_drops(meeting, plan, other, lena, vera, otto):
    review = services.prepare(meeting, now=NOW)
    services.drop_plan(item_of(review, other), by=lena)
    assert review.items.count() == 1
    mine = PlanFactory(owner=lena)
    for _time in range(2):
        services.add_plan(review, mine, by=lena, now=NOW)
    assert item_of(review, mine).is_added_by_hand
    with pytest.raises(PermissionDenied):
        services.add_plan(review, PlanFactory(owner=otto), by=lena, now=NOW)
    with pytest.raises(PermissionDenied):
        services.add_plan(review, other, by=vera, now=NOW)
