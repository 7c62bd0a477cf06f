"""Queries do not grow with the agenda, and a step is a small answer."""

import pytest
from django.urls import reverse

from pipeline.reviews import services
from pipeline.reviews.models import ReviewItem
from tests.factories.meetings import CommitmentFactory
from tests.factories.opportunities import (
    CustomerOutcomeFactory,
    OpportunityContactFactory,
    OpportunityFactory,
)
from tests.reviews.conftest import NOW

HTMX = {"HX-Request": "true"}
A_PAGE, A_SWAP = 12, 8
LARGEST_SWAP = 30_000


@pytest.fixture
def agenda_of(plan, rita, lena):
    def make(count):
        deals = OpportunityFactory.create_batch(count, owner=rita)
        for deal in deals[:3]:
            OpportunityContactFactory(opportunity=deal)
            CustomerOutcomeFactory(opportunity=deal)
            deal.commitments.add(CommitmentFactory(promiser=rita, receiver=lena))
        return services.begin(plan(talk=[d.pk for d in deals]), by=lena, now=NOW)

    return make


def numbers(review, browser, count_queries):
    """Return the queries of the page, of a step, and of a poll without news."""
    page = reverse("reviews:review_detail", args=[review.pk])
    item = review.current_item_id
    step = reverse("reviews:review_item", args=[review.pk, item])
    pulse = browser.get(page).context["pulse_url"]
    return [
        count_queries(lambda: browser.get(page)),
        count_queries(lambda: browser.get(step, headers=HTMX)),
        count_queries(lambda: browser.get(pulse, headers=HTMX)),
    ]


def test_queries_do_not_grow_with_the_agenda(agenda_of, as_user, lena, count_queries):
    browser = as_user(lena)
    few = numbers(agenda_of(3), browser, count_queries)
    many = numbers(agenda_of(30), browser, count_queries)
    assert many == few
    page, step, pulse = many
    assert page <= A_PAGE
    assert step <= A_SWAP
    assert pulse <= 4


def test_a_step_is_a_small_answer(agenda_of, as_user, lena):
    review = agenda_of(30)
    step = reverse("reviews:review_item", args=[review.pk, review.current_item_id])
    assert len(as_user(lena).get(step, headers=HTMX).content) <= LARGEST_SWAP


def test_a_decision_costs_the_same_with_many_deals(
    agenda_of, as_user, lena, count_queries
):
    browser = as_user(lena)

    def decide(review):
        url = reverse("reviews:review_decide", args=[review.pk, review.current_item_id])
        data = {"decision": "keep", "version": 1}
        return count_queries(lambda: browser.post(url, data, headers=HTMX))

    assert decide(agenda_of(3)) == decide(agenda_of(30))


def test_the_start_page_costs_the_same_with_many_deals(
    rita, lena, as_user, count_queries
):
    browser, url = as_user(lena), reverse("reviews:review_start")
    OpportunityFactory(owner=rita)
    few = count_queries(lambda: browser.get(url))
    for _ in range(10):
        OpportunityFactory(owner=rita)
    assert count_queries(lambda: browser.get(url)) == few


def test_the_list_and_the_minutes_cost_the_same_with_many_deals(
    agenda_of, as_user, lena, count_queries
):
    browser = as_user(lena)

    def cost(count):
        review = agenda_of(count)
        services.finish(review, by=lena, now=NOW, skip_rest="Time")
        minutes = reverse("reviews:review_minutes", args=[review.pk])
        listed = reverse("reviews:review_list")
        return [
            count_queries(lambda: browser.get(minutes)),
            count_queries(lambda: browser.get(listed)),
        ]

    few = cost(1)
    assert cost(11) == few
    assert ReviewItem.objects.count() == 12
