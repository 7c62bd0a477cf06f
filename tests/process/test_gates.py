"""The gate rule, on plain values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.process import gates

BUDGET = gates.Requirement(
    milestone_id=1,
    title="Budget named",
    kind="know",
    importance="required",
    is_met=False,
    stage_id=7,
    stage_name="Discover",
)
PLAN = replace(BUDGET, milestone_id=2, title="Plan agreed", kind="confirmed")


def test_the_gate_names_what_is_required_and_not_met_in_order() -> None:
    assert gates.missing([PLAN, BUDGET]) == [PLAN, BUDGET]


def test_what_is_met_is_not_missing() -> None:
    assert gates.missing([replace(BUDGET, is_met=True), PLAN]) == [PLAN]


def test_expected_milestones_are_said_and_do_not_refuse() -> None:
    expected = replace(BUDGET, importance="expected")
    assert gates.missing([expected]) == []
    assert gates.also_open([expected, replace(expected, is_met=True)]) == [expected]


def test_optional_milestones_are_never_asked_for() -> None:
    optional = replace(BUDGET, importance="optional")
    assert gates.missing([optional]) == []
    assert gates.also_open([optional]) == []


def test_a_stage_can_need_an_outcome_that_the_customer_confirmed() -> None:
    needed = gates.confirmed_outcome(
        "Confirmed outcome", is_met=False, stage_id=7, stage_name="Discover"
    )
    assert needed.is_outcome
    assert gates.missing([BUDGET, needed]) == [BUDGET, needed]
    assert gates.missing([replace(needed, is_met=True)]) == []


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [(1, 2, [1]), (1, 4, [1, 2, 3]), (3, 1, []), (2, 2, [])],
)
def test_skipping_a_stage_still_leaves_it(
    start: int, end: int, left: list[int]
) -> None:
    positions = [1, 2, 3, 4]
    assert [p for p in positions if gates.is_left(p, start=start, end=end)] == left


# -- what came later ------------------------------------------------------------------

SINCE = datetime(2026, 11, 20, 9, tzinfo=UTC)
ENDS = SINCE + timedelta(days=14)
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("binding", "made_at", "now", "binds"),
    [
        (gates.ALWAYS, SINCE - MOMENT, SINCE, True),
        (gates.Binding(SINCE), SINCE - MOMENT, ENDS, False),
        (gates.Binding(SINCE), SINCE, SINCE, True),
        (gates.Binding(SINCE, ENDS), SINCE - MOMENT, ENDS - MOMENT, False),
        (gates.Binding(SINCE, ENDS), SINCE - MOMENT, ENDS, True),
        (gates.Binding(SINCE, ENDS), SINCE, SINCE, True),
    ],
)
def test_what_came_later_binds_new_deals_and_the_others_when_grace_ends(
    binding: gates.Binding, made_at: datetime, now: datetime, binds: bool
) -> None:
    assert binding.binds(made_at=made_at, now=now) is binds


def test_what_does_not_bind_yet_is_said_and_does_not_refuse() -> None:
    spared = replace(BUDGET, is_binding=False)
    assert gates.missing([spared, PLAN]) == [PLAN]
    assert gates.also_open([spared, PLAN]) == [spared]
