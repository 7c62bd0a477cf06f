"""What two do at the same moment: one wins, nothing is done twice."""

from uuid import uuid4

import pytest

from pipeline.runner import services
from pipeline.runner.models import Block, Run, Vote
from rhythm.commitments.models import Commitment
from rhythm.notices.models import Notice
from rhythm.web.versions import Conflict
from tests.reviews.test_races import AT_ONCE, at_once
from tests.runner.conftest import DUE, NOW, minutes

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_who_prepare_at_once_freeze_one_agenda(meeting, lena):
    runs = at_once(*[lambda: services.prepare(meeting)] * AT_ONCE)
    assert {each.pk for each in runs} == {Run.objects.get().pk}
    blocks = Block.objects.filter(run=runs[0])
    assert blocks.count() == blocks.values("position").distinct().count()


def test_many_starts_at_once_are_one(meeting, lena):
    at_once(*[lambda: services.begin(meeting, by=lena, now=NOW)] * AT_ONCE)
    assert Run.objects.get().running_since == NOW


def test_of_two_notes_at_once_one_is_a_conflict(run, case, lena, vera):
    def write(text, by):
        return services.write_note(case, text, by=by, shown_version=1)

    results = at_once(lambda: write("One", lena), lambda: write("Two", vera))
    assert sum(isinstance(each, Conflict) for each in results) == 1


def test_the_same_promise_many_times_at_once_is_one(run, rita, lena):
    key = uuid4()
    given = {"promiser": rita, "due_on": DUE, "by": lena, "now": NOW}
    at_once(
        *[lambda: services.promise(run, "Send it", submission_key=key, **given)]
        * AT_ONCE
    )
    assert Commitment.objects.count() == 1


def test_finishing_many_times_at_once_sends_once(run, rita, lena):
    at_once(*[lambda: services.finish(run, by=lena, now=minutes(9))] * AT_ONCE)
    assert Notice.objects.filter(kind="meetings.recap").count() == 2


def test_many_votes_at_once_are_one(run, rita, lena):
    services.finish(run, by=lena, now=minutes(9))
    at_once(*[lambda: services.vote(run, 7, "", by=rita, now=minutes(9))] * AT_ONCE)
    assert Vote.objects.count() == 1
