"""Two at the same moment: one answer counts, and rights are asked after the wait."""

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone

from pipeline.comments import services
from pipeline.comments.models import Comment, Question, QuestionState
from pipeline.comments.services.writing import Words
from pipeline.opportunities import services as deals
from rhythm.web.versions import Conflict
from tests.factories.comments import CommentFactory, QuestionFactory
from tests.two import while_waiting

pytestmark = pytest.mark.django_db(transaction=True)


def refused(act):
    """Return what `act` raises, None if it went through."""
    try:
        act()
    except (Conflict, Http404, ValidationError) as error:
        return type(error)
    return None


@pytest.fixture
def question(deal, max_) -> Question:
    return QuestionFactory(comment__opportunity=deal, comment__author=max_)


def answer(question, by):
    now = timezone.now()
    return services.reply(question.comment, Words("Yes"), by=by, now=now, answers=True)


def test_of_two_answers_the_first_one_counts(question, rita, lena):
    second = while_waiting(
        lambda: answer(question, rita), lambda: answer(question, lena)
    )

    question.refresh_from_db()
    assert question.answer.author == rita
    # It was said all the same.
    assert not second.is_answer
    assert Comment.objects.filter(parent=question.comment).count() == 2


def test_a_question_that_is_answered_at_that_moment_is_not_withdrawn(
    question, rita, max_
):
    def withdraw():
        state, now = QuestionState.WITHDRAWN, timezone.now()
        services.close(question, state, by=max_, now=now)

    error = while_waiting(lambda: answer(question, rita), lambda: refused(withdraw))

    assert error is ValidationError
    question.refresh_from_db()
    assert question.state == QuestionState.ANSWERED


def test_nobody_writes_on_a_deal_that_goes_to_another_team(deal, rita, otto, ada):
    def say():
        services.comment(deal, Words("Mine"), by=rita, now=timezone.now())

    error = while_waiting(
        lambda: deals.assign(deal, to=otto, by=ada), lambda: refused(say)
    )

    assert error is Http404
    assert not Comment.objects.exists()


def test_of_two_edits_the_second_is_told(deal, rita):
    said = CommentFactory(opportunity=deal, author=rita, text="Good")

    def edit(text):
        words, now = Words(text), timezone.now()
        services.edit(said, words, by=rita, now=now, shown_version=1)

    error = while_waiting(lambda: edit("Better"), lambda: refused(lambda: edit("Best")))

    assert error is Conflict
    said.refresh_from_db()
    assert said.text == "Better"
