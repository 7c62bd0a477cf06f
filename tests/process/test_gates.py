"""The gate rule, on plain values."""

from dataclasses import replace

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
