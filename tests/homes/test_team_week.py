"""Team week: who needs the manager, each number opening its deals."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from pipeline.process.services import record_version
from scorecards.homes.selectors.team import team_week
from tests.factories.meetings import CommitmentFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.people import UserFactory
from tests.factories.process import a_process

DAY = timedelta(days=1)


@pytest.fixture
def today(lena):
    return lena.today(timezone.now())


@pytest.fixture
def late(rita, lena, otto, today):
    """Deals past their date: two of Rita's, one of Lena's own, one of Otto's."""
    for owner in (rita, rita, lena, otto):
        OpportunityFactory(owner=owner, close_on=today - 5 * DAY)
    OpportunityFactory(owner=lena, close_on=today + 90 * DAY)


def test_a_manager_begins_with_the_team(lena, central, late, as_user):
    answer = as_user(lena).get("/", follow=True)

    assert answer.redirect_chain == [("/team/", 302)]
    page = answer.content.decode()
    assert page.index("Rita Reyes</a>") < page.index("Lena Lang</a>")
    assert "Otto Olsen" not in page


def test_those_who_lead_nobody_have_no_team_week(rita, as_user):
    assert as_user(rita).get("/team/").status_code == 404


def test_each_number_opens_exactly_the_deals_that_it_counts(
    lena, central, late, as_user
):
    week = team_week(lena, now=timezone.now())
    browser = as_user(lena)

    assert {each.kind: each.count for each in week.flags}["overdue"] == 3
    cells = [cell for rep in week.reps for cell in rep.cells if cell.count]
    assert cells
    for each in [*week.flags, *cells]:
        page = browser.get(each.url).content.decode()
        assert re.search(rf">\s*{each.count} deals?\s*<", page), each
    assert sum(rep.deals for rep in week.reps) == week.deals == 4


def test_what_was_promised_to_the_manager_and_broken_is_told(
    lena, rita, central, today, as_user
):
    CommitmentFactory(promiser=rita, receiver=lena, what="Map", due_on=today - DAY)
    CommitmentFactory(promiser=rita, receiver=lena, what="Plan", due_on=today + DAY)
    CommitmentFactory(promiser=lena, receiver=rita, what="Help", due_on=today)
    page = as_user(lena).get("/team/").content.decode()

    assert "Help" in page
    assert "Map" in page
    assert "Plan" not in page


def test_it_says_that_how_the_team_sells_changed_lately(
    lena, rita, omar, ada, central, as_user
):
    process = a_process()
    OpportunityFactory.create_batch(2, owner=rita, stage=process.stages.all()[0])
    told = "How we sell changed: New business, version 2."
    assert told not in as_user(lena).get("/team/").text

    version = record_version(process, by=ada, changes=["Something."])

    page = as_user(lena).get("/team/").text
    assert page.count(told) == 1
    assert version.get_absolute_url() in page
    assert told not in as_user(omar).get("/team/").text


def test_the_team_week_costs_the_same_for_one_rep_and_for_many(
    lena, rita, central, today, as_user, count_queries
):
    browser = as_user(lena)
    CommitmentFactory(promiser=rita, receiver=lena, due_on=today - DAY)
    OpportunityFactory(owner=rita, close_on=today - DAY)
    one = count_queries(lambda: browser.get("/team/"))
    for _ in range(10):
        owner = UserFactory(team=central)
        CommitmentFactory(promiser=owner, receiver=lena, due_on=today - DAY)
        OpportunityFactory(owner=owner, close_on=today - DAY)

    assert count_queries(lambda: browser.get("/team/")) == one
    assert one <= 12
