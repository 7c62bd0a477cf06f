from uuid import uuid4

import pytest

from pipeline.activities import services
from pipeline.activities.models import ActivityKind
from pipeline.opportunities.models import Opportunity
from tests.factories.opportunities import AccountFactory, OpportunityFactory


@pytest.fixture
def kinds(db) -> list[ActivityKind]:
    """The starter kinds, also where an earlier test emptied the database."""
    return services.create_starter_kinds()


@pytest.fixture
def ritas_deal(rita) -> Opportunity:
    """Rita's deal with Brennecke, whose next step is to call."""
    return OpportunityFactory(
        name="Line 2",
        owner=rita,
        account=AccountFactory(name="Brennecke Logistics"),
        next_step="Call",
    )


@pytest.fixture
def values(kinds, ritas_deal):
    return {
        "kind": kinds[0].pk,
        "subject": f"deal:{ritas_deal.pk}",
        "submission_key": str(uuid4()),
    }
