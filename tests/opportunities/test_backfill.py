from datetime import UTC, date, datetime

import pytest

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.events import events_of
from pipeline.opportunities.selectors.history import timeline
from pipeline.opportunities.services import StageEntry, backfill_stage_history
from scorecards.demo.history import PastChange, write_changes
from tests.factories.opportunities import OpportunityFactory
from tests.factories.process import a_process


def on(day: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


@pytest.fixture
def negotiated(rita, negotiate) -> Opportunity:
    """A deal that a file brought in at Negotiate, without a past."""
    return OpportunityFactory(
        owner=rita,
        stage=negotiate,
        stage_since=on(1, 11),
        is_gated=False,
        amount=500,
        opened_on=date(2026, 3, 1),
    )


def entries(deal, *steps) -> list[StageEntry]:
    return [StageEntry(deal.pk, stage.pk, at) for stage, at in steps]


def held(deal) -> list[tuple[str, datetime]]:
    """Return the stages of the deal's events, and until when each held."""
    events = events_of(Opportunity).filter(pgh_obj_id=deal.pk)
    return [(each.stage.name, each.pgh_created_at) for each in events]


@pytest.fixture
def past(negotiated, discover, propose, negotiate) -> list[StageEntry]:
    return entries(negotiated, (discover, on(1)), (propose, on(9)), (negotiate, on(20)))


def test_each_move_becomes_an_event_with_the_stage_before_it(negotiated, past):
    assert backfill_stage_history(reversed(past)) == 2

    assert held(negotiated) == [("Discover", on(9)), ("Propose", on(20))]


def test_what_the_file_does_not_say_is_as_it_was_later(negotiated, past, rita):
    backfill_stage_history(past)

    event = events_of(Opportunity).first()
    assert (event.amount, event.owner_id, event.is_gated) == (500, rita.pk, False)
    assert event.pgh_context is None


def test_the_deal_has_been_in_its_stage_since_the_last_entry(negotiated, past):
    backfill_stage_history(past)

    negotiated.refresh_from_db()
    assert negotiated.stage_since == on(20)


def test_the_same_file_again_adds_nothing_and_a_longer_one_what_is_new(
    negotiated, past
):
    backfill_stage_history(past)

    assert backfill_stage_history(past) == 0
    longer = [StageEntry(negotiated.pk, past[1].stage_id, on(30)), *past]
    longer.append(StageEntry(negotiated.pk, past[2].stage_id, on(2, 4)))
    assert backfill_stage_history(longer) == 2
    assert [name for name, _ in held(negotiated)] == [
        "Discover",
        "Propose",
        "Negotiate",
        "Propose",
    ]


def test_what_was_changed_here_is_not_written_over(negotiated, past, rita):
    change = PastChange(on(15), rita.pk, {"amount": 400})
    write_changes([(negotiated, [change])])

    # On the 15th it was in Negotiate, so it did not come there on the 20th.
    assert backfill_stage_history(past) == 1
    assert held(negotiated) == [("Discover", on(9)), ("Negotiate", on(15))]
    assert not events_of(Opportunity).exclude(amount=400).exists()


def test_a_move_that_leads_to_where_it_was_is_left_out(deal, discover, propose):
    told = entries(deal, (discover, on(1)), (propose, on(9)))
    # The deal itself is in Discover: nobody knows when it went back.
    assert backfill_stage_history(told) == 0


def test_a_stage_that_is_told_twice_in_a_row_is_one(negotiated, discover, negotiate):
    told = entries(negotiated, (discover, on(1)), (discover, on(3)), (negotiate, on(9)))
    assert backfill_stage_history(told) == 1


def test_unknown_deals_other_processes_and_the_future_are_left_out(
    negotiated, discover, propose, now
):
    other = a_process("Renewals", is_default=False).stages.get(name="Propose")
    told = [
        *entries(negotiated, (discover, on(1)), (other, on(2))),
        StageEntry(negotiated.pk, propose.pk, datetime(2999, 1, 1, tzinfo=UTC)),
        StageEntry(10**9, discover.pk, on(1)),
        StageEntry(10**9, propose.pk, on(2)),
    ]
    assert backfill_stage_history(told) == 0


def test_a_deal_that_was_closed_and_opened_again_was_closed_in_between(
    negotiated, process, propose, negotiate
):
    lost = process.stages.get(kind="lost")
    told = entries(negotiated, (propose, on(1)), (lost, on(9)), (negotiate, on(20)))

    assert backfill_stage_history(told) == 2
    event = events_of(Opportunity).get(stage=lost)
    assert (event.outcome, event.closed_on) == ("lost", date(2026, 3, 9))
    assert event.closed_from == propose


def test_a_closed_deal_was_open_before(rita, process, discover, propose):
    won = process.stages.get(kind="won")
    deal = OpportunityFactory(
        owner=rita, stage=won, outcome="won", closed_on=date(2026, 3, 20)
    )
    told = entries(deal, (discover, on(1)), (propose, on(9)), (won, on(20)))

    assert backfill_stage_history(told) == 2
    assert not events_of(Opportunity).exclude(outcome="", closed_on=None).exists()


def test_the_deals_page_tells_the_moves(negotiated, past, rita, lena, now):
    backfill_stage_history(past, by=lena)

    told = timeline(negotiated, viewer=rita, now=now)
    moves = [(each.old, each.new, each.by) for each in told if each.kind == "stage"]
    assert moves == [
        ("Propose", "Negotiate", "Lena Lang"),
        ("Discover", "Propose", "Lena Lang"),
    ]


def test_many_deals_cost_as_many_queries_as_one(
    negotiated, past, rita, discover, negotiate, count_queries
):
    one = count_queries(lambda: backfill_stage_history(past))
    deals = OpportunityFactory.create_batch(11, owner=rita, stage=negotiate)
    told = [
        entry
        for each in deals
        for entry in entries(each, (discover, on(1)), (negotiate, on(9)))
    ]

    many = count_queries(lambda: backfill_stage_history(told))

    assert many == one
    assert all(held(each) == [("Discover", on(9))] for each in deals)
