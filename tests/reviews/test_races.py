"""What two do at the same moment: one wins, nothing is done twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections

from pipeline.reviews import services
from pipeline.reviews.models import Review, ReviewItem
from rhythm.commitments.models import Commitment
from rhythm.notices.models import Notice
from rhythm.web.versions import Conflict
from tests.reviews.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 5


def at_once(*acts):
    """Do the acts in threads that begin together; return what came of each."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(timeout=120)
            return act()
        except Conflict as conflict:
            return conflict
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_who_decide_at_once_get_one_decision_and_one_question(item, second, lena):
    def decide(decision):
        return services.decide(
            item, decision, text="May", by=lena, now=NOW, shown_version=1
        )

    results = at_once(lambda: decide("keep"), lambda: decide("park"))
    assert sum(isinstance(each, Conflict) for each in results) == 1
    assert ReviewItem.objects.get(pk=item.pk).version == 2


def test_the_same_promise_many_times_at_once_is_one(item, second, rita, lena):
    key = uuid4()

    def promise():
        return services.promise(
            item,
            "Send it",
            promiser=rita,
            due_on=NOW.date().replace(year=2028),
            by=lena,
            now=NOW,
            submission_key=key,
        )

    at_once(*[promise] * AT_ONCE)
    assert Commitment.objects.count() == 1


def test_the_same_start_many_times_at_once_is_one(plan):
    key = uuid4()
    reviews = at_once(*[lambda: plan(submission_key=key)] * AT_ONCE)
    assert Review.objects.count() == 1
    assert {each.pk for each in reviews} == {Review.objects.get().pk}


def test_finishing_many_times_at_once_sends_once(review, item, second, lena):
    def finish():
        return services.finish(review, by=lena, now=NOW, skip_rest="Time")

    at_once(*[finish] * AT_ONCE)
    assert Notice.objects.count() == 2
