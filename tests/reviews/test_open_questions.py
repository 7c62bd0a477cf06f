"""What was asked about a deal stands on its step, for those who see the deal."""

import pytest
from django.urls import reverse

from pipeline.comments import services as comments
from pipeline.comments.services.writing import Words
from pipeline.opportunities.models import Opportunity
from pipeline.reviews import services
from tests.factories.comments import QuestionFactory
from tests.factories.opportunities import OpportunityFactory
from tests.reviews.conftest import NOW

HTMX = {"HX-Request": "true"}


@pytest.fixture
def question(rita, max_):
    deal = OpportunityFactory(owner=rita)
    asks = {"opportunity": deal, "author": max_, "text": "Who signs?"}
    return QuestionFactory(**{f"comment__{name}": asks[name] for name in asks})


@pytest.fixture
def step(plan, lena, question) -> str:
    deal = question.comment.opportunity
    review = services.begin(plan(talk=[deal.pk]), by=lena, now=NOW)
    return reverse("reviews:review_item", args=[review.pk, review.current_item_id])


@pytest.mark.parametrize("person", ["lena", "rita", "max_"])
def test_an_open_question_stands_on_the_step(request, person, step, as_user):
    browser = as_user(request.getfixturevalue(person))

    answer = browser.get(step, headers=HTMX).text

    assert "Who signs?" in answer
    assert "Max Mori asks, and waits for an answer" in answer


def test_an_answered_question_does_not(step, question, lena, rita, as_user):
    words = Words("The board")
    comments.reply(question.comment, words, by=rita, now=NOW, answers=True)

    assert "Who signs?" not in as_user(lena).get(step, headers=HTMX).text


def test_a_chair_who_sees_the_deal_no_more_reads_no_question(
    step, question, lena, otto, as_user
):
    Opportunity.objects.update(owner=otto)

    answer = as_user(lena).get(step, headers=HTMX)

    assert answer.status_code == 200
    assert "Who signs?" not in answer.text
