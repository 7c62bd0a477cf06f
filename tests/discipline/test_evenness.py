"""What leaders do in each week of a quarter, and who does it only at its end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pghistory
import pytest
from django.utils import timezone

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.events import events_of
from rhythm.calendar.models import MeetingKind, MeetingState
from rhythm.people.models import Organisation
from rhythm.web.charts import color
from scorecards.discipline.even_chart import chart
from scorecards.discipline.selectors.evenness import COACHING, EDITS, MEETINGS, evenness
from tests.factories.comments import CommentFactory
from tests.factories.meetings import MeetingFactory, ReviewItemFactory
from tests.factories.opportunities import OpportunityFactory

pytestmark = pytest.mark.django_db

# The quarter has 92 days: its thirteenth week begins on 24 December.
FIRST = date(2026, 10, 1)
NOW = datetime(2026, 12, 30, 12, 0, tzinfo=UTC)


def at(week, *, hour=12):
    """Return a moment in a week of the quarter, counted from 1."""
    day = FIRST + timedelta(days=7 * (week - 1) + 1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def held(chair, team, week, **values):
    moment = at(week)
    ended = {"started_at": moment, "ended_at": moment, "starts_at": moment}
    state = MeetingState.HELD
    return MeetingFactory(chair=chair, team=team, state=state, **ended | values)


def acts_of(viewer, name, now=NOW, **how):
    (found,) = (e for e in evenness(viewer, now=now, **how).leaders if e.name == name)
    return found


def weeks_of(viewer, name, what, now=NOW, **how):
    found = acts_of(viewer, name, now, **how).weeks[what]
    return {number: count for number, count in enumerate(found, start=1) if count}


def test_meetings_count_in_the_week_in_which_they_were_held(lena, central):
    held(lena, central, 2)
    held(lena, central, 13, starts_at=at(3), missed_at=at(3))
    MeetingFactory(chair=lena, team=central, starts_at=at(5))

    assert weeks_of(lena, "Lena Lang", MEETINGS) == {2: 1, 13: 1}


def test_the_days_left_over_belong_to_the_last_week(lena, central):
    last = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)  # 23:59 in Berlin
    held(lena, central, 1, started_at=last, ended_at=last)
    new_year = last + timedelta(minutes=1)
    held(lena, central, 1, started_at=new_year, ended_at=new_year)

    assert weeks_of(lena, "Lena Lang", MEETINGS) == {13: 1}


def test_coaching_is_one_to_ones_decisions_and_what_is_said_on_deals(
    lena, rita, central
):
    deal = OpportunityFactory(owner=rita)
    held(lena, None, 1, kind=MeetingKind.ONE_ON_ONE, person=rita)
    ReviewItemFactory(
        opportunity=deal,
        review__meeting__team=central,
        review__meeting__chair=lena,
        decision="coach",
        decision_text="Who signs?",
        decided_by=lena,
        decided_at=at(4),
    )
    CommentFactory(opportunity=deal, author=lena, created_at=at(6))
    # What a rep says, and what a leader says on an own deal, is none.
    CommentFactory(opportunity=deal, author=rita, created_at=at(7))
    own = OpportunityFactory(owner=lena)
    CommentFactory(opportunity=own, author=lena, created_at=at(8))

    assert weeks_of(lena, "Lena Lang", COACHING) == {1: 1, 4: 1, 6: 1}


def edit(deal, by, **context):
    with pghistory.context(user=by.pk, **context):
        deal.next_step = f"{deal.next_step}!"
        deal.save(update_fields=["next_step"])


def test_changes_of_somebody_else_s_deal_count_and_imports_do_not(lena, rita):
    deal, own = OpportunityFactory(owner=rita), OpportunityFactory(owner=lena)
    edit(deal, lena)
    edit(deal, lena, imported=7)
    edit(deal, rita)
    edit(own, lena)
    changed = events_of(Opportunity).count()
    now = timezone.now()

    found = acts_of(lena, "Lena Lang", now)

    assert changed == 4
    assert found.count(EDITS) == 1


def test_who_does_it_at_the_end_of_the_quarter_is_named(
    lena, omar, vera, central, west
):
    for week in (2, 5, 7, 9, 12, 13):
        held(lena, central, week)
    for week in (1, 3, 11, 12, 13, 13):
        held(omar, west, week)

    found = evenness(vera, now=NOW)

    assert acts_of(vera, "Lena Lang").late_share() == 2 / 6
    assert acts_of(vera, "Omar Odeh").late_share() == 4 / 6
    named = [acts.name for acts in found.leaders if found.is_late(acts)]
    assert named == ["Omar Odeh"]
    Organisation.objects.update(quarter_end_percent=70)
    vera.__dict__.pop("_organisation_values", None)
    allowed = evenness(vera, now=NOW)
    assert not any(allowed.is_late(acts) for acts in allowed.leaders)


def test_a_few_acts_are_no_habit(lena, central):
    for week in (11, 12, 12, 13, 13):
        held(lena, central, week)

    found = evenness(lena, now=NOW)

    assert not found.is_late(acts_of(lena, "Lena Lang"))


def test_the_quarter_is_that_of_the_fiscal_year_and_the_one_before_can_be_seen(
    lena, central
):
    Organisation.objects.update(fiscal_year_month=2)
    held(lena, central, 2)  # 9 October: in the quarter from August on
    held(lena, central, 6)  # 6 November: in the one from November on
    now = at(8)

    assert evenness(lena, now=now).weeks[0] == date(2026, 11, 1)
    assert weeks_of(lena, "Lena Lang", MEETINGS, now=now) == {1: 1}
    assert evenness(lena, now=now, is_last=True).weeks[0] == date(2026, 8, 1)
    assert weeks_of(lena, "Lena Lang", MEETINGS, now=now, is_last=True) == {10: 1}


def names(viewer):
    return [acts.name for acts in evenness(viewer, now=NOW).leaders]


def test_two_leaders_of_one_name_are_two(lena, omar, vera, central, west):
    type(omar).objects.filter(pk=omar.pk).update(name=lena.name)
    held(lena, central, 2)
    held(omar, west, 5)

    both = [acts for acts in evenness(vera, now=NOW).leaders if acts.name == lena.name]

    assert [acts.count(MEETINGS) for acts in both] == [1, 1]


def test_a_manager_sees_the_own_line_alone(lena, vera, max_, central, west, omar):
    held(omar, west, 1)

    assert names(lena) == ["Lena Lang"]
    every = ["Vera Voss", "Lena Lang", "Omar Odeh"]
    assert names(vera) == every
    assert names(max_) == every


def test_it_costs_the_same_for_many(
    lena, vera, omar, central, west, django_assert_num_queries
):
    for week in range(1, 14):
        held(lena, central, week)
        held(omar, west, week)

    # With the organisation, which comes with whoever asks on the web.
    with django_assert_num_queries(3):
        evenness(vera, now=NOW)


def test_the_page_shows_this_quarter_and_the_last(lena, central, as_user):
    browser = as_user(lena)
    this, last = browser.get("/kept/"), browser.get("/kept/?quarter=last")

    assert "Evenness" in this.text
    assert 'href="?quarter=last#kept-even-h"' in this.text
    assert 'href="?quarter=last#kept-even-h" aria-current="true"' in last.text


def test_a_quarter_that_goes_on_says_how_far_it_is(lena, central):
    held(lena, central, 2)

    told = [chart(evenness(lena, now=at(week))).finding for week in (2, 10, 11)]

    assert told[:2] == [
        "Week 2 of 13: the last three are still ahead",
        "Week 10 of 13: the last three are still ahead",
    ]
    assert told[2].endswith("evenly it would be 23\N{NO-BREAK SPACE}%")


def test_three_kinds_of_acts_are_told_apart_without_the_customers_colour(lena, central):
    bars = chart(evenness(lena, now=at(11))).figure["data"]

    looks = [
        (bar["marker"]["color"], bar["marker"]["pattern"]["shape"]) for bar in bars
    ]
    assert len({*looks}) == 3
    assert {colour for colour, _shape in looks} == {color("chart-1"), color("chart-2")}


def test_a_company_without_teams_has_nobody_to_show(max_, as_user):
    assert "Nothing was done in this quarter yet" in as_user(max_).get("/kept/").text
