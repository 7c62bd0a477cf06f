"""The rules of attention, on plain values."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from pipeline.opportunities import flags
from pipeline.opportunities.flags import Facts

TODAY = date(2026, 11, 19)


def days(count: int) -> date:
    return TODAY + timedelta(count)


# Nothing to say about this one.
HEALTHY = Facts(
    today=TODAY,
    opened_on=days(-60),
    stage_since_on=days(-10),
    stuck_days=21,
    idle_days=14,
    close_on=days(60),
    next_step_on=days(3),
    last_activity_on=days(-2),
    amount=Decimal(10_000),
    close_on_before=days(60),
    first_close_on=days(60),
)


def kinds(facts: Facts) -> list[str]:
    return [each.kind for each in flags.find(facts)]


def test_a_healthy_deal_has_no_flags() -> None:
    assert kinds(HEALTHY) == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"close_on": days(-1)}, "overdue"),
        ({"close_on_before": days(50)}, "slipped"),
        ({"stage_since_on": days(-22)}, "stuck"),
        ({"next_step_on": None}, "no_next_step"),
        ({"next_step_on": days(-15), "last_activity_on": days(-15)}, "idle"),
        ({"opened_on": days(-7)}, "new"),
        ({"is_behind": True}, "moved_back"),
        ({"big_from": Decimal(10_000)}, "big"),
        ({"missing": 2, "close_on": days(30)}, "milestones_missing"),
    ],
)
def test_each_thing_that_is_wrong_has_its_flag(change: dict, kind: str) -> None:
    assert kind in kinds(replace(HEALTHY, **change))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"close_on": TODAY}, "overdue"),
        ({"close_on_before": days(70)}, "slipped"),
        ({"close_on_before": None}, "slipped"),
        ({"stage_since_on": days(-21)}, "stuck"),
        ({"stage_since_on": days(-400), "stuck_days": None}, "stuck"),
        ({"next_step_on": TODAY, "last_activity_on": None}, "idle"),
        ({"next_step_on": None, "last_activity_on": days(-14)}, "idle"),
        ({"next_step_on": days(-14), "last_activity_on": None}, "idle"),
        ({"opened_on": days(-8)}, "new"),
        ({"amount": None, "big_from": Decimal(1)}, "big"),
        ({"missing": 2, "close_on": days(31)}, "milestones_missing"),
        ({"missing": 2, "close_on": None}, "milestones_missing"),
    ],
)
def test_at_the_limit_there_is_no_flag_yet(change: dict, kind: str) -> None:
    assert kind not in kinds(replace(HEALTHY, **change))


def test_a_next_step_to_come_stops_the_idle_clock_and_not_the_stuck_one() -> None:
    facts = replace(HEALTHY, last_activity_on=None, stage_since_on=days(-30))
    assert kinds(facts) == ["stuck"]


def test_flags_say_since_when() -> None:
    facts = replace(HEALTHY, stage_since_on=days(-41))
    stuck = flags.find(facts)[0]
    assert (stuck.since, stuck.count, stuck.limit) == (days(-20), 41, 21)


def test_what_hurts_most_comes_first() -> None:
    facts = replace(HEALTHY, close_on=days(-1), next_step_on=None, opened_on=TODAY)
    assert kinds(facts) == ["overdue", "no_next_step", "new"]


def test_where_all_deals_are_alike_none_is_big() -> None:
    alike = flags.big_from(Decimal(100), Decimal(100), 50)
    assert alike == Decimal(200)
    assert flags.big_from(Decimal(900), Decimal(100), 50) == Decimal(900)
    assert flags.big_from(Decimal(900), Decimal(100), 4) is None
    assert flags.big_from(None, None, 0) is None


def test_slips_are_counted_and_pulling_in_is_none() -> None:
    assert flags.slips([days(0), days(9), days(5), None, days(8), days(8)]) == 2
