from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pipeline.opportunities import services
from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.flags import flags_of
from pipeline.opportunities.selectors.history import changes_since, timeline
from pipeline.process.models import Stage
from rhythm.people.models import User
from tests.factories.opportunities import (
    ContactFactory,
    OpportunityFactory,
)
from tests.factories.process import MilestoneFactory


@pytest.fixture
def healthy(discover: Stage, rita: User, now: datetime) -> Opportunity:
    return OpportunityFactory(
        owner=rita,
        stage=discover,
        stage_since=now,
        close_on=now.date() + timedelta(60),
        next_step_on=now.date() + timedelta(3),
    )


def shorts(deal: Opportunity, viewer: User, now: datetime) -> list[str]:
    deal = Opportunity.objects.select_related("stage").get(pk=deal.pk)
    return [each.short for each in flags_of([deal], viewer=viewer, now=now)[deal.pk]]


def test_slips_are_counted_from_history(
    healthy: Opportunity, rita: User, now: datetime
) -> None:
    first = healthy.close_on
    for days in (70, 80):
        close_on = now.date() + timedelta(days)
        services.edit(healthy, {"close_on": close_on}, by=rita, shown_version=None)

    deal = Opportunity.objects.select_related("stage").get(pk=healthy.pk)
    (flag,) = flags_of([deal], viewer=rita, now=now)[deal.pk]

    assert flag.short == "Slipped 2×"
    assert flag.text.startswith("Slipped 2 times, the first date was")
    assert first is not None
    assert f"{first.day} " in flag.text


def test_movement_is_told_from_the_moment_that_the_caller_names(
    healthy: Opportunity, rita: User, now: datetime
) -> None:
    later = now.date() + timedelta(70)
    services.edit(healthy, {"close_on": later}, by=rita, shown_version=None)
    deal = Opportunity.objects.select_related("stage").get(pk=healthy.pk)
    after = deal.events.get().pgh_created_at
    since = {deal.pk: after}
    assert flags_of([deal], viewer=rita, now=now, since=since)[deal.pk] == []


def test_what_the_gates_ask_for_before_the_date_is_counted_to_the_signature(
    healthy: Opportunity, discover: Stage, negotiate: Stage, rita: User, now: datetime
) -> None:
    MilestoneFactory(stage=discover)
    MilestoneFactory(stage=negotiate)
    MilestoneFactory(stage=negotiate, importance="optional")
    close_on = now.date() + timedelta(9)
    Opportunity.objects.filter(pk=healthy.pk).update(close_on=close_on)
    assert shorts(healthy, rita, now) == ["Closes in 9 d"]


# Each change in a transaction of its own, since one has one moment.
@pytest.mark.django_db(transaction=True)
def test_stepping_back_is_flagged_and_reopening_is_not(
    healthy: Opportunity, discover: Stage, propose: Stage, rita: User, now: datetime
) -> None:
    services.move(healthy, to=propose, by=rita, now=now)
    services.close(healthy, outcome="lost", reason="No", by=rita, now=now)
    services.reopen(healthy, reason="Yes", by=rita, now=now)
    assert "Moved back" not in shorts(healthy, rita, now)

    deal = Opportunity.objects.get(pk=healthy.pk)
    moment = deal.events.latest("pgh_id").pgh_created_at
    services.move(deal, to=discover, by=rita, now=now, reason="New buyer")
    deal = Opportunity.objects.select_related("stage").get(pk=deal.pk)
    found = flags_of([deal], viewer=rita, now=now, since={deal.pk: moment})
    assert "moved_back" in [each.kind for each in found[deal.pk]]


def test_a_hidden_deal_does_not_change_which_ones_are_big(
    discover: Stage, lena: User, rita: User, otto: User, now: datetime
) -> None:
    amounts = [1, 1, 1, 1, 5]
    for amount in amounts:
        big = OpportunityFactory(owner=rita, stage=discover, amount=Decimal(amount))
    assert "Big" in shorts(big, lena, now)
    OpportunityFactory.create_batch(20, owner=otto, stage=discover, amount=Decimal(900))
    assert "Big" in shorts(big, lena, now)


def test_flags_of_many_cost_as_many_queries_as_of_one(
    discover: Stage, rita: User, now: datetime
) -> None:
    OpportunityFactory.create_batch(6, owner=rita, stage=discover)
    deals = list(Opportunity.objects.select_related("stage"))
    counts = []
    for some in (deals[:1], deals):
        with CaptureQueriesContext(connection) as queries:
            flags_of(some, viewer=rita, now=now)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


def test_history_tells_old_and_new_values_and_the_reason(
    healthy: Opportunity, propose: Stage, discover: Stage, rita: User, now: datetime
) -> None:
    values = {"amount": Decimal(8000), "close_on": date(2027, 3, 1)}
    services.edit(healthy, values, by=rita, shown_version=None)
    services.move(healthy, to=propose, by=rita, now=now)
    services.move(healthy, to=discover, by=rita, now=now, reason="New buyer")
    deal = Opportunity.objects.get(pk=healthy.pk)

    told = timeline(deal, viewer=rita, now=now)

    by_kind = {each.kind: each for each in told}
    assert (by_kind["amount"].old, by_kind["amount"].new) == ("€10,000", "€8,000")
    assert by_kind["close_on"].new == "Mon 1 Mar 2027"
    back = by_kind["moved_back"]
    assert (back.old, back.new, back.note) == ("Propose", "Discover", "New buyer")


def test_milestones_people_and_outcomes_are_part_of_history(
    deal: Opportunity, discover: Stage, rita: User, now: datetime
) -> None:
    contact = ContactFactory(name="Petra Voss")
    milestone = MilestoneFactory(stage=discover, title="Budget named")
    for is_met in (True, False):
        services.record_milestone(deal, milestone, is_met=is_met, by=rita, now=now)
    services.add_person(deal, contact, by=rita, role="IT security")
    services.remove_person(deal, contact, by=rita)
    outcome = services.add_outcome(deal, {"words": "Under 1 %"}, by=rita)
    services.remove_outcome(outcome, by=rita)

    told = [(each.what, each.old, each.new) for each in timeline_of(deal, rita, now)]

    assert ("Budget named", "", "met") in told
    assert ("Budget named", "met", "open again") in told
    assert ("New contact", "", "Petra Voss") in told
    assert ("No part in it any more", "Petra Voss", "") in told
    assert ("Customer outcome removed", "Under 1 %", "") in told


def timeline_of(deal: Opportunity, viewer: User, now: datetime):
    return timeline(Opportunity.objects.get(pk=deal.pk), viewer=viewer, now=now)


def test_changes_since_leave_out_what_was_before_and_hidden_deals(
    discover: Stage, rita: User, otto: User, now: datetime
) -> None:
    mine, other = (
        OpportunityFactory(owner=who, stage=discover) for who in (rita, otto)
    )
    for deal in (mine, other):
        services.edit(deal, {"name": "One"}, by=deal.owner, shown_version=None)
    moment = mine.events.get().pgh_created_at
    start = moment - timedelta(days=1)

    told = changes_since({mine.pk: start, other.pk: start}, viewer=rita, now=now)
    assert [each.new for each in told[mine.pk]] == ["One"]
    assert told[other.pk] == []
    assert changes_since({mine.pk: moment}, viewer=rita, now=now) == {mine.pk: []}


def test_history_of_many_costs_as_many_queries_as_of_one(
    discover: Stage, rita: User, now: datetime
) -> None:
    deals = OpportunityFactory.create_batch(5, owner=rita, stage=discover)
    milestone = MilestoneFactory(stage=discover)
    for deal in deals:
        services.edit(deal, {"amount": Decimal(1)}, by=rita, shown_version=None)
        services.record_milestone(deal, milestone, is_met=True, by=rita, now=now)
        services.add_person(deal, ContactFactory(), by=rita, role="Buyer")
    start = now - timedelta(days=10_000)
    counts = []
    for some in (deals[:1], deals):
        with CaptureQueriesContext(connection) as queries:
            found = changes_since({d.pk: start for d in some}, viewer=rita, now=now)
        counts.append(len(queries))
        assert all(len(each) == 3 for each in found.values())
    assert counts[0] == counts[1]


def test_the_page_counts_the_days_in_a_stage_as_its_flag_does(
    healthy: Opportunity, rita: User, now: datetime
) -> None:
    late = now.replace(hour=20) - timedelta(days=24)
    Stage.objects.filter(pk=healthy.stage_id).update(stuck_days=21)
    Opportunity.objects.filter(pk=healthy.pk).update(stage_since=late)
    healthy.refresh_from_db()

    morning = now.replace(hour=6)
    assert shorts(healthy, rita, morning) == ["Stuck 24 d"]
    assert healthy.days_in_stage(rita.today(morning), rita.time_zone) == 24
