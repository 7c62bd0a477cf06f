"""What is due is told on its morning; what was not kept, once, to whom it was for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rhythm.commitments import tasks
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.commitments.reminding import remind
from rhythm.notices.kinds import Delivery, kind_of
from rhythm.notices.models import Notice
from rhythm.people.models import Leave, User
from tests.factories.meetings import CommitmentFactory
from tests.factories.ticks import TickFactory

pytestmark = pytest.mark.django_db

# A Wednesday: midnight in Berlin.
WEDNESDAY = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
DUE = date(2026, 11, 25)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def promise(rita, lena) -> Commitment:
    return CommitmentFactory(
        what="Send the offer", promiser=rita, receiver=lena, due_on=DUE
    )


def run(first: datetime, days: float) -> None:
    """Look every hour for so many days."""
    for hour in range(int(days * 24)):
        remind(now=first + hour * HOUR)


def told(kind: str) -> list[tuple[str, datetime]]:
    found = Notice.objects.filter(kind=f"commitments.{kind}").order_by("pk")
    return list(found.values_list("recipient__name", "due_at"))


def test_the_promiser_hears_on_the_morning_of_the_day_and_once(promise):
    run(WEDNESDAY - DAY, 1)
    assert told("due") == []

    run(WEDNESDAY, 3)
    assert told("due") == [("Rita Reyes", WEDNESDAY + 5 * HOUR)]
    assert kind_of("commitments.due").delivery == Delivery.DIGEST
    notice = Notice.objects.get(kind="commitments.due")
    assert "Send the offer" in notice.subject
    assert notice.url == promise.get_absolute_url()


def test_to_whom_it_was_promised_hears_once_that_it_was_not_kept(promise):
    run(WEDNESDAY, 6)

    assert told("broken") == [("Lena Lang", WEDNESDAY + DAY + 5 * HOUR)]


@pytest.mark.parametrize("state", [CommitmentState.KEPT, CommitmentState.DROPPED])
def test_nobody_hears_of_what_is_settled(promise, state):
    Commitment.objects.update(
        state=state,
        kept_on=DUE if state == CommitmentState.KEPT else None,
        drop_reason="" if state == CommitmentState.KEPT else "No use",
    )
    run(WEDNESDAY, 3)

    assert not Notice.objects.exists()


def test_a_new_date_is_told_of_anew(promise):
    run(WEDNESDAY, 1)
    Commitment.objects.update(due_on=DUE + 2 * DAY)
    run(WEDNESDAY + DAY, 2)

    assert len(told("due")) == 2
    assert told("broken") == []


def test_what_one_promised_oneself_has_no_second_reader(rita):
    CommitmentFactory(promiser=rita, receiver=rita, due_on=DUE)
    run(WEDNESDAY, 3)

    assert len(told("due")) == 1
    assert told("broken") == []


def test_who_is_on_leave_hears_when_back(promise, rita, lena):
    for person in (rita, lena):
        Leave.objects.create(user=person, first_on=DUE, last_on=DUE + DAY)
    run(WEDNESDAY, 4)

    back = WEDNESDAY + 2 * DAY + 5 * HOUR
    assert told("due") == [("Rita Reyes", back)]
    assert told("broken") == [("Lena Lang", back)]


def test_what_is_due_on_a_weekend_waits_for_monday(rita, lena):
    CommitmentFactory(promiser=rita, receiver=lena, due_on=DUE + 3 * DAY)
    run(WEDNESDAY + 2 * DAY, 4)

    monday = WEDNESDAY + 5 * DAY + 5 * HOUR
    assert told("due") == [("Rita Reyes", monday)]


def test_morning_is_on_the_own_wall(promise, rita):
    User.objects.filter(pk=rita.pk).update(time_zone="Asia/Tokyo")
    run(WEDNESDAY - DAY, 3)

    assert told("due") == [("Rita Reyes", WEDNESDAY - 3 * HOUR)]


def test_after_three_days_down_only_what_is_news_is_told(promise, rita, lena):
    CommitmentFactory(promiser=rita, receiver=lena, due_on=DUE - 10 * DAY)
    run(WEDNESDAY + 5 * DAY, 1)

    assert len(told("due")) == 1
    assert len(told("broken")) == 1


def test_the_tick_looks(promise):
    tasks.tick(TickFactory(at=WEDNESDAY + 5 * HOUR))

    assert len(told("due")) == 1


def test_nothing_due_costs_one_query(organisation, django_assert_num_queries):
    with django_assert_num_queries(1):
        remind(now=WEDNESDAY)


def test_at_night_nobody_is_looked_up(promise, django_assert_num_queries):
    with django_assert_num_queries(1):
        remind(now=WEDNESDAY + 2 * HOUR)


def test_once_all_are_told_it_costs_two_queries(promise, django_assert_num_queries):
    run(WEDNESDAY, 1.5)

    with django_assert_num_queries(2):
        remind(now=WEDNESDAY + DAY + 12 * HOUR)


def test_of_whoever_left_nothing_is_asked(promise, rita, django_assert_num_queries):
    User.objects.filter(pk=rita.pk).update(is_active=False)

    with django_assert_num_queries(1):
        remind(now=WEDNESDAY + 10 * HOUR)
    run(WEDNESDAY, 3)
    assert told("due") == []
    assert len(told("broken")) == 1


def test_queries_do_not_grow_with_what_is_due(promise, rita, lena, count_queries):
    at = WEDNESDAY + 6 * HOUR
    few = count_queries(lambda: remind(now=at))
    for _ in range(10):
        CommitmentFactory(promiser=rita, receiver=lena, due_on=DUE)

    assert count_queries(lambda: remind(now=at)) <= few
    assert len(told("due")) == 11
