"""Rita's plan for Brennecke, to whom she sells."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.accounts import services
from pipeline.accounts.models import (
    AccountReview,
    AccountReviewItem,
    PlanDecision,
)
from rhythm.calendar.models import (
    Meeting,
    MeetingKind,
)
from tests.factories.accounts import PlanFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.opportunities import OpportunityFactory

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=40)


@pytest.fixture
def deal(rita):
    return OpportunityFactory(owner=rita, name="Sensors", account__name="Brennecke")


@pytest.fixture
def plan(rita, deal):
    return PlanFactory(owner=rita, account=deal.account)


@pytest.fixture
def other(rita):
    return PlanFactory(owner=rita, account__name="Castellan")


@pytest.fixture
def meeting(central, lena) -> Meeting:
    made: Meeting = MeetingFactory(
        kind=MeetingKind.ACCOUNT_REVIEW, team=central, chair=lena, starts_at=NOW
    )
    return made


@pytest.fixture
def review(meeting, plan, other, lena) -> AccountReview:
    return services.begin(services.prepare(meeting, now=NOW), by=lena, now=NOW)


def item_of(review, plan) -> AccountReviewItem:
    return AccountReviewItem.objects.get(review=review, plan=plan)


@pytest.fixture
def item(review, plan):
    return item_of(review, plan)


@pytest.fixture
def second(review, other):
    return item_of(review, other)


def due(plan) -> date:
    plan.refresh_from_db()
    return plan.next_review_on


def kinds(review, plan) -> list[str]:
    return [each["kind"] for each in item_of(review, plan).reasons]


def finish(review, lena, now: datetime = LATER) -> AccountReview:
    for item in review.items.all():
        services.decide(item, PlanDecision.ON_TRACK, by=lena, now=NOW)
    return services.finish(review, by=lena, now=now)
