from datetime import UTC, datetime

import pytest

from pipeline.opportunities.models import Opportunity
from pipeline.process.models import Process, Stage
from rhythm.people.models import User
from tests.factories.opportunities import OpportunityFactory
from tests.factories.process import a_process

NOW = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def process(db: None) -> Process:
    return a_process()


@pytest.fixture
def discover(process: Process) -> Stage:
    return process.stages.get(name="Discover")


@pytest.fixture
def propose(process: Process) -> Stage:
    return process.stages.get(name="Propose")


@pytest.fixture
def negotiate(process: Process) -> Stage:
    return process.stages.get(name="Negotiate")


@pytest.fixture
def deal(rita: User, discover: Stage) -> Opportunity:
    """An open deal of Rita's in Discover."""
    return OpportunityFactory(
        name="Baggage drives", owner=rita, stage=discover, stage_since=NOW
    )
