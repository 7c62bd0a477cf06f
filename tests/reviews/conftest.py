"""A running review of Lena's team, with two of Rita's deals on its agenda."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.reviews import services
from tests.factories.opportunities import OpportunityFactory, first_stage
from tests.factories.process import MilestoneFactory

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)


@pytest.fixture
def gate(db):
    """The milestone that the first stage asks for."""
    return MilestoneFactory(stage=first_stage(), title="Amount is known")


@pytest.fixture
def deal(rita):
    return OpportunityFactory(owner=rita, name="Sensors", account__name="Brennecke")


@pytest.fixture
def other(rita):
    return OpportunityFactory(owner=rita, name="Pumps", account__name="Castellan")


@pytest.fixture
def plan(central, lena, deal, other):
    def make(chair=lena, subject=central, talk=(deal.pk, other.pk), **more):
        return services.plan(
            subject,
            chair=chair,
            starts_at=NOW,
            minutes=45,
            talk=list(talk),
            now=NOW,
            **more,
        )

    return make


@pytest.fixture
def review(plan, lena):
    return services.begin(plan(), by=lena, now=NOW)


@pytest.fixture
def item(review, deal):
    return review_item(review, deal)


@pytest.fixture
def second(review, other):
    return review_item(review, other)


def review_item(review, deal):
    from pipeline.reviews.models import ReviewItem

    return ReviewItem.objects.get(review=review, opportunity=deal)
