"""Rita's plan for Brennecke, to whom she sells."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.factories.accounts import PlanFactory
from tests.factories.opportunities import OpportunityFactory

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)


@pytest.fixture
def deal(rita):
    return OpportunityFactory(owner=rita, name="Sensors", account__name="Brennecke")


@pytest.fixture
def plan(rita, deal):
    return PlanFactory(owner=rita, account=deal.account)
