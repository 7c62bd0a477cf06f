from datetime import date
from decimal import Decimal
from random import Random

import pytest

from pipeline.opportunities.reasons import Reason
from pipeline.reviews import agenda
from pipeline.reviews.agenda import Candidate, propose, room_for


def because(*kinds):
    return tuple(Reason(kind=kind, text=kind, short=kind) for kind in kinds)


def deal(number, *kinds, amount=1000, is_left_over=False):
    return Candidate(number, Decimal(amount), because(*kinds), is_left_over)


def talked_about(candidates, minutes=45):
    return [each.deal for each in propose(candidates, minutes=minutes).talk]


@pytest.mark.parametrize(
    ("minutes", "deals"), [(5, 3), (15, 6), (45, 18), (60, 24), (480, 30)]
)
def test_the_minutes_say_how_many_deals_have_room(minutes, deals):
    assert room_for(minutes) == deals


def test_a_deal_without_a_reason_stays_away():
    assert talked_about([deal(1), deal(2, "stuck")]) == [2]


def test_size_alone_is_no_reason_but_adds_weight():
    assert talked_about([deal(1, "big")]) == []
    assert talked_about([deal(1, "stuck"), deal(2, "stuck", "big")]) == [2, 1]


def test_two_small_reasons_may_outrank_a_big_one():
    assert talked_about([deal(1, "slipped"), deal(2, "idle", "no_next_step")]) == [2, 1]


def test_what_the_last_review_left_over_comes_first():
    left = deal(3, is_left_over=True)
    assert talked_about([deal(1, "slipped", "overdue"), left]) == [3, 1]


def test_of_equal_weight_the_larger_deal_comes_first_then_the_older():
    deals = [
        deal(1, "stuck", amount=5),
        deal(3, "stuck", amount=9),
        deal(2, "stuck", amount=9),
    ]
    assert talked_about(deals) == [2, 3, 1]


def test_the_order_of_the_input_does_not_matter():
    kinds = list(agenda.WEIGHTS)
    random = Random(7)
    deals = [deal(n, *random.sample(kinds, n % 4)) for n in range(40)]
    shuffled = random.sample(deals, len(deals))
    assert propose(deals, minutes=45) == propose(shuffled, minutes=45)


def test_what_does_not_fit_is_for_exceptions_only():
    deals = [deal(n, "stuck") for n in range(100)]
    proposed = propose(deals, minutes=10)
    assert len(proposed.talk) == 4
    assert len(proposed.exceptions) == agenda.MOST_EXCEPTIONS
    assert proposed.beyond == 100 - 4 - agenda.MOST_EXCEPTIONS


def test_nothing_to_say_is_good_news():
    assert propose([], minutes=45) == agenda.Agenda()


def test_a_deal_without_an_amount_counts_as_the_smallest():
    none = Candidate(1, None, because("stuck"))
    assert talked_about([none, deal(2, "stuck", amount=1)]) == [2, 1]


def test_a_reason_survives_being_kept():
    reason = Reason("stuck", "34 days", "34 d", date(2026, 11, 1), "Move it", "bad")
    assert Reason.from_json(reason.as_json()) == reason


def test_the_weightiest_reason_is_said_first():
    kinds = [each.kind for each in agenda.reasons_by_weight(because("new", "overdue"))]
    assert kinds == ["overdue", "new"]
