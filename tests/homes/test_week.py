"""My week: what was promised, what comes next, and which deals need the rep."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.flag_filters import flagged
from pipeline.process.models import ProcessVersion
from pipeline.process.services import record_version
from scorecards.homes.selectors.week import week_of
from tests.factories.meetings import CommitmentFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.process import a_process

DAY = timedelta(days=1)


@pytest.fixture
def today(rita):
    return rita.today(timezone.now())


def test_a_rep_begins_with_the_own_week(rita, as_user):
    answer = as_user(rita).get("/", follow=True)

    assert answer.redirect_chain == [("/week/", 302)]
    page = answer.content.decode()
    assert "Nothing is due this week" in page
    assert "No meeting is planned" in page


def test_only_what_is_due_within_days_stands_in_the_week(rita, lena, today, as_user):
    CommitmentFactory(promiser=rita, receiver=lena, what="Late", due_on=today - DAY)
    CommitmentFactory(promiser=rita, receiver=lena, what="Soon", due_on=today + DAY)
    CommitmentFactory(
        promiser=rita, receiver=lena, what="Far off", due_on=today + 20 * DAY
    )
    CommitmentFactory(promiser=lena, receiver=rita, what="Theirs", due_on=today)
    page = as_user(rita).get("/week/").content.decode()

    assert page.index("Late") < page.index("Soon")
    assert "Far off" not in page
    assert "Theirs" not in page
    assert "Ask for a new date" in page


def test_next_steps_say_what_is_overdue_due_missing_and_later(rita, today):
    for days in (-2, 0, 3, None):
        on = None if days is None else today + days * DAY
        OpportunityFactory(owner=rita, next_step_on=on, next_step="Call")
    week = week_of(rita, now=timezone.now())

    assert [each.tone for each in week.steps] == ["bad", "ok", "warn", ""]
    assert [(tone, count) for tone, count, _icon in week.steps_words] == [
        ("bad", 1),
        ("ok", 1),
        ("warn", 1),
        ("", 1),
    ]


def test_each_count_opens_exactly_the_deals_that_it_counts(rita, otto, today, as_user):
    for days in (-30, -1, 10):
        OpportunityFactory(owner=rita, close_on=today + days * DAY)
        OpportunityFactory(owner=otto, close_on=today + days * DAY)
    now = timezone.now()
    week = week_of(rita, now=now)

    assert week.flags
    browser = as_user(rita)
    for each in week.flags:
        own = Opportunity.objects.filter(owner=rita)
        found = flagged(own, each.kind, viewer=rita, now=now)
        assert each.count == found.count()
        page = browser.get(each.url).content.decode()
        assert re.search(rf">\s*{each.count} deals?\s*<", page)


def test_a_deal_that_needs_the_rep_says_why(rita, today, as_user):
    OpportunityFactory(owner=rita, close_on=today - 3 * DAY)

    assert (
        "The close date passed 3 days ago"
        in as_user(rita).get("/week/").content.decode()
    )


def test_the_week_costs_the_same_for_one_deal_and_for_many(
    rita, lena, today, as_user, count_queries
):
    browser = as_user(rita)
    CommitmentFactory(promiser=rita, receiver=lena, due_on=today)
    OpportunityFactory(owner=rita)
    one = count_queries(lambda: browser.get("/week/"))
    for _ in range(10):
        CommitmentFactory(promiser=rita, receiver=lena, due_on=today)
        OpportunityFactory(owner=rita)

    assert count_queries(lambda: browser.get("/week/")) == one
    assert one <= 12


def test_it_says_that_how_we_sell_changed_lately(rita, otto, ada, as_user):
    process = a_process()
    OpportunityFactory.create_batch(2, owner=rita, stage=process.stages.all()[0])
    browser = as_user(rita)
    assert "How we sell changed" not in browser.get("/week/").content.decode()
    version = record_version(process, by=ada, changes=["Something."])
    page = browser.get("/week/").content.decode()
    assert page.count("How we sell changed: New business, version 2.") == 1
    assert version.get_absolute_url() in page
    assert "How we sell changed" not in as_user(otto).get("/week/").content.decode()
    record_version(process, by=rita, changes=["More."])
    assert "How we sell changed" not in browser.get("/week/").content.decode()
    month = timezone.now() - timedelta(days=30)
    ProcessVersion.objects.update(published_at=month)
    assert "How we sell changed" not in browser.get("/week/").content.decode()
