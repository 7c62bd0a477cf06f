import pytest

from pipeline.opportunities.models import Opportunity
from tests.factories.opportunities import AccountFactory, OpportunityFactory


@pytest.fixture
def deal(rita) -> Opportunity:
    """Rita's deal with Brennecke."""
    account = AccountFactory(name="Brennecke Logistics")
    return OpportunityFactory(name="Line 2", owner=rita, account=account)
