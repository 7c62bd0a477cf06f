"""The days of a calendar page, and its neighbours."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.meetings.spans import EARLIEST, LATEST, View, span_around

DAYS = st.dates(EARLIEST + timedelta(days=200), LATEST - timedelta(days=200))


@pytest.mark.parametrize(
    ("view", "first", "last"),
    [
        (View.WEEK, date(2026, 12, 28), date(2027, 1, 3)),
        (View.MONTH, date(2027, 1, 1), date(2027, 1, 31)),
        (View.QUARTER, date(2027, 1, 1), date(2027, 3, 31)),
    ],
)
def test_new_year_falls_into_each_span(view, first, last):
    span = span_around(date(2027, 1, 1), view)

    assert (span.first, span.last) == (first, last)


def test_a_quarter_begins_with_the_year_of_the_organisation():
    span = span_around(date(2027, 1, 1), View.QUARTER, fiscal_month=2)

    assert (span.first, span.last) == (date(2026, 11, 1), date(2027, 1, 31))


@given(DAYS, st.sampled_from(View), st.integers(1, 12))
def test_spans_follow_each_other_without_gap_or_overlap(day, view, fiscal_month):
    span = span_around(day, view, fiscal_month=fiscal_month)
    after = span_around(span.after, view, fiscal_month=fiscal_month)

    assert span.first <= day <= span.last
    assert after.first == span.last + timedelta(days=1)
    assert span_around(after.before, view, fiscal_month=fiscal_month) == span
    assert span.weeks[0] <= span.first
    assert span.shown_last >= span.last
    assert all(monday.weekday() == 0 for monday in span.weeks)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_time_have_neighbours_too(day):
    for view in View:
        span = span_around(day, view)
        assert span.before < span.first < span.after
