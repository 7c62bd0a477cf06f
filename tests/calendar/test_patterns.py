"""Rules and the fields of a form, both ways; and what they are called."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhythm.calendar.forms.rules import RuleFields
from rhythm.calendar.models import Cadence
from rhythm.calendar.patterns import (
    EachWorkingDay,
    OnDayOfMonth,
    OnNthWeekday,
    OnWeekdays,
    Pattern,
    read,
    write,
)
from rhythm.calendar.recurrence import OffDays, Rule
from rhythm.calendar.upcoming import upcoming
from rhythm.calendar.wording import rule_words, sentence, time_words
from rhythm.calendar.working import WorkingTime

EVERY = st.integers(1, 52)
DAYS = st.integers(0, 6)
PATTERNS: st.SearchStrategy[Pattern] = st.one_of(
    st.just(EachWorkingDay()),
    st.builds(
        OnWeekdays,
        st.sets(DAYS, min_size=1).map(lambda days: tuple(sorted(days))),
        EVERY,
    ),
    st.builds(OnNthWeekday, st.sampled_from((1, 2, 3, 4, 5, -1)), DAYS, EVERY),
    st.builds(OnDayOfMonth, st.integers(1, 31), EVERY),
)
BERLIN = ZoneInfo("Europe/Berlin")


@given(PATTERNS)
def test_what_the_fields_say_is_read_again(pattern):
    assert read(write(pattern)) == pattern


@given(PATTERNS)
def test_a_form_that_shows_a_rule_says_it_again(pattern):
    text = write(pattern)
    shown = RuleFields()
    shown.say(text)
    sent = {
        name: shown.get_initial_for_field(f, name) for name, f in shown.fields.items()
    }
    form = RuleFields(sent)
    form.say(text)

    assert form.is_valid(), form.errors
    assert form.rule() == text


@given(PATTERNS)
def test_every_rule_has_words(pattern):
    assert rule_words(write(pattern))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FREQ=DAILY", "every working day"),
        ("FREQ=WEEKLY;BYDAY=TU", "every Tuesday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "every second Tuesday"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH", "every 3 weeks on Monday and Thursday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every day from Monday to Friday"),
        ("FREQ=MONTHLY;BYDAY=1MO", "the first Monday of every month"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", "the last Friday of every 3 months"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "day 15 of every month"),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
            "the last day of every second month",
        ),
    ],
)
def test_a_rule_in_plain_words(text, words):
    assert rule_words(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=1MO", "every year, in March, on first Monday"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-2",
            "every month, on Monday and Tuesday, of these the 2. from the end",
        ),
        ("FREQ=DAILY;INTERVAL=10", "every 10 days"),
    ],
)
def test_what_no_field_can_say_has_words_and_is_kept(text, words):
    form = RuleFields({"repeat": "kept"})
    form.say(text)

    assert read(text) is None
    assert rule_words(text) == words
    assert form.is_valid()
    assert form.rule() == text


def test_the_time_names_the_zone_only_if_it_is_fixed():
    assert time_words(time(9), "", 45) == "09:00 in the team's zone, 45 minutes"
    zone = "America/New_York"
    assert time_words(time(16, 30), zone, 60) == "16:30 New York time, 60 minutes"


def test_a_whole_rule_is_one_sentence():
    cadence = Cadence(rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", at=time(9), minutes=45)

    assert sentence(cadence) == (
        "Every second Tuesday, 09:00 in the team's zone, 45 minutes; when it falls on "
        "a day off, the next working day."
    )


def a_rule(off_days: OffDays, text: str = "FREQ=WEEKLY;BYDAY=FR") -> Rule:
    return Rule(text, date(2026, 1, 1), time(9), BERLIN, 45, off_days=off_days)


IN_GERMANY = WorkingTime(BERLIN, region="DE")
# A Friday a week before Christmas, itself a Friday.
DECEMBER = date(2026, 12, 18)


def test_a_holiday_puts_it_off_and_is_named():
    _first, second, *_rest = upcoming(a_rule(OffDays.NEXT), DECEMBER, 10, IN_GERMANY)

    assert (second.key, second.on) == (date(2026, 12, 25), date(2026, 12, 28))
    assert second.holiday == "Christmas Day"


def test_what_falls_out_is_told_and_not_counted():
    found = upcoming(a_rule(OffDays.DROP), DECEMBER, 10, IN_GERMANY)

    assert [each.key for each in found if each.on is None] == [
        date(2026, 12, 25),
        date(2027, 1, 1),
    ]
    assert len([each for each in found if each.on]) == 10


def test_each_working_day_says_nothing_of_weekends():
    rule = a_rule(OffDays.DROP, "FREQ=DAILY")

    found = upcoming(rule, DECEMBER, 10, IN_GERMANY)

    assert len(found) == 10
    assert not any(IN_GERMANY.is_off(each.key) for each in found)


def test_a_rare_rule_is_looked_for_years_ahead():
    rule = a_rule(OffDays.KEEP, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29")

    found = upcoming(rule, DECEMBER, 3, IN_GERMANY)

    assert [each.key.year for each in found] == [2028, 2032, 2036]


def test_a_day_that_is_put_off_over_today_is_still_ahead():
    found = upcoming(a_rule(OffDays.NEXT), date(2026, 12, 27), 1, IN_GERMANY)

    assert found[0].on == date(2026, 12, 28)
