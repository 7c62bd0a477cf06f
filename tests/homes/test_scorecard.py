"""The scorecard: what moved, and whether reviews are held, by team."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone

from scorecards.homes.selectors.scorecard import scorecard
from tests.factories.opportunities import OpportunityFactory
from tests.factories.people import TeamFactory, UserFactory

DAY = timedelta(days=1)


def test_an_executive_begins_with_the_scorecard(max_, central, as_user):
    answer = as_user(max_).get("/", follow=True)

    assert answer.redirect_chain == [("/scorecard/", 302)]
    assert "Reviewed in 0 of the last 8 weeks" in answer.content.decode()


def test_a_team_has_the_deals_of_the_teams_below_and_opens_them(
    max_, rita, otto, as_user
):
    for owner in (rita, rita, otto):
        OpportunityFactory(owner=owner, amount=1000)
    card = scorecard(max_, now=timezone.now())
    browser = as_user(max_)

    assert [(each.name, each.indent, each.deals) for each in card.teams] == [
        ("Sales", 0, 3),
        ("Central", 1, 2),
        ("West", 1, 1),
    ]
    assert card.teams[1].amount == "€2k"
    for each in card.teams:
        page = browser.get(each.deals_url).content.decode()
        assert re.search(rf"\b{each.deals} deals?\b", page), each


def test_each_flag_opens_exactly_the_deals_that_it_counts(max_, rita, as_user):
    today = max_.today(timezone.now())
    OpportunityFactory(owner=rita, close_on=today - DAY)
    browser = as_user(max_)

    for each in scorecard(max_, now=timezone.now()).flags:
        page = browser.get(each.url).content.decode()
        if each.count:
            assert re.search(rf">\s*{each.count} deals?\s*<", page), each


def test_the_scorecard_costs_the_same_for_one_team_and_for_many(
    max_, rita, sales, as_user, count_queries
):
    browser = as_user(max_)
    OpportunityFactory(owner=rita)
    one = count_queries(lambda: browser.get("/scorecard/"))
    for number in range(10):
        team = TeamFactory(name=f"Team {number}", parent=sales)
        OpportunityFactory(owner=UserFactory(team=team))

    assert count_queries(lambda: browser.get("/scorecard/")) == one
    assert one <= 12
