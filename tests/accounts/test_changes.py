"""What changed since the last review, read from history as of then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from pipeline.accounts import services
from pipeline.accounts.selectors.changes import plan_changes
from pipeline.opportunities.models import Opportunity
from rhythm.commitments import services as commitments
from tests.factories.accounts import (
    FieldCellFactory,
    PlanOutcomeFactory,
    PlanPersonFactory,
    PlanRiskFactory,
)
from tests.factories.meetings import CommitmentFactory
from tests.factories.opportunities import OpportunityFactory, ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_ago():
    return timezone.now() - timedelta(days=30)


def told(plan, viewer, since=None) -> list[str]:
    now = timezone.now()
    found = plan_changes(plan, since or now - timedelta(days=7), viewer=viewer, now=now)
    return [" ".join(filter(None, (e.what, e.old, e.new))) for e in found]


@pytest.fixture
def old_deal(plan, deal, long_ago):
    Opportunity.objects.update(created_at=long_ago)
    return deal


def test_nothing_changed_says_nothing(plan, rita, old_deal):
    assert told(plan, rita) == []


def test_new_people_and_risks_are_told(plan, rita, old_deal):
    person = PlanPersonFactory(plan=plan)
    PlanRiskFactory(plan=plan, what="Their buyer leaves")
    PlanOutcomeFactory(plan=plan, words="Half the waste")
    assert told(plan, rita) == [
        f"On the map: {person.contact} Decides",
        "Delivered Half the waste",
        "New risk Their buyer leaves",
    ]


def test_only_the_sum_of_many_steps_is_told(plan, rita, long_ago, old_deal):
    person = PlanPersonFactory(plan=plan, created_at=long_ago, attitude="neutral")
    for attitude in ("against", "for", "champion"):
        person.refresh_from_db()
        services.edit_part(person, {"attitude": attitude}, by=rita, shown_version=None)
    assert told(plan, rita) == [f"{person.contact} Neutral Speaks for us"]


def test_a_closed_risk_and_somebody_gone_are_told(plan, rita, long_ago, old_deal):
    risk = PlanRiskFactory(plan=plan, what="Price", created_at=long_ago)
    values = {"closed_on": timezone.now().date(), "ending": "They stayed"}
    services.edit_part(risk, values, by=rita, shown_version=None)
    person = PlanPersonFactory(plan=plan, created_at=long_ago)
    services.remove_part(person, by=rita, shown_version=None)
    assert told(plan, rita) == [
        f"Off the map: {person.contact}",
        "Risk closed Price. They stayed",
    ]


def test_deals_that_moved_are_told_to_whom_sees_them(plan, deal, rita, otto, old_deal):
    deal.refresh_from_db()
    deal.amount = 99_000
    deal.save(update_fields=["amount"])
    OpportunityFactory(owner=otto, account=plan.account, name="Secret deal")
    lines = told(plan, rita)
    assert lines == ["Amount of Sensors €10k €99k"]
    assert "New deal: Secret deal €10k" in told(plan, otto)


def test_the_field_keeps_a_hidden_deal_to_itself(plan, rita, otto, old_deal):
    theirs = OpportunityFactory(owner=otto, account=plan.account)
    pump = ProductFactory(name="Pump")
    FieldCellFactory(plan=plan, product=pump, state="deal", opportunity=theirs)
    assert told(plan, rita) == []
    assert "Pump nobody had asked Open deal" in told(plan, otto)


def test_moves_that_were_kept_or_broken_are_told(plan, rita, lena, old_deal):
    today = rita.today(timezone.now())
    kept = CommitmentFactory(promiser=rita, receiver=lena, what="Call")
    commitments.keep(kept, by=rita, today=today)
    late = today - timedelta(days=2)
    broken = CommitmentFactory(
        promiser=rita, receiver=lena, what="Visit", due_on=late, first_due_on=late
    )
    plan.commitments.add(kept, broken)
    assert sorted(told(plan, rita)) == [
        "Rita Reyes broke Visit",
        "Rita Reyes kept Call",
    ]


def test_it_costs_the_same_for_much(plan, rita, old_deal, count_queries):
    def more():
        PlanPersonFactory(plan=plan)
        PlanRiskFactory(plan=plan)
        OpportunityFactory(owner=rita, account=plan.account)

    more()
    few = count_queries(lambda: told(plan, rita))
    for _time in range(5):
        more()
    assert count_queries(lambda: told(plan, rita)) == few
