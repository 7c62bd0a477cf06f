"""Who has still to prepare a review that was planned by hand is told on its day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from pipeline.reviews import services, tasks
from pipeline.reviews.models import ReviewItem
from rhythm.notices.models import Notice
from rhythm.people.models import User
from tests.factories.ticks import TickFactory

pytestmark = pytest.mark.django_db

# Tuesday, 17:00 in Berlin, where Lena is; Wednesday, 05:00 in Auckland.
STARTS_AT = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture
def planned(central, lena, rita, deal, other):
    """Return what plans it. In Auckland, where Rita is, the pre-read is Wednesday's."""
    User.objects.filter(pk=rita.pk).update(time_zone="Pacific/Auckland")

    def make(at):
        with time_machine.travel(at, tick=False):
            return services.plan(
                central,
                chair=lena,
                starts_at=STARTS_AT,
                minutes=45,
                talk=[deal.pk, other.pk],
                now=at,
            )

    return make


def nudges():
    return Notice.objects.filter(kind="meetings.unprepared")


def test_who_has_not_prepared_is_told_on_the_day_once(planned, rita):
    planned(MONDAY)
    tasks.tick(TickFactory(at=MORNING - timedelta(hours=8)))
    assert not nudges().exists()

    for minutes in (0, 5, 60):
        tasks.tick(TickFactory(at=MORNING + timedelta(minutes=minutes)))

    [notice] = nudges()
    assert notice.recipient == rita
    assert "2 deals are still to be prepared" in notice.subject


def test_who_was_asked_today_is_not_told_again_at_once(planned):
    planned(MORNING)
    tasks.tick(TickFactory(at=MORNING + timedelta(hours=1)))

    assert not nudges().exists()


def test_who_has_prepared_hears_nothing_more(planned):
    planned(MONDAY)
    ReviewItem.objects.update(prep_changed="Their CFO left", prep_next="A name")
    tasks.tick(TickFactory(at=MORNING))

    assert not nudges().exists()


def test_whose_pre_read_comes_on_that_day_reads_it_there(planned, rita):
    planned(MONDAY)
    User.objects.filter(pk=rita.pk).update(time_zone="Europe/Berlin")
    tasks.tick(TickFactory(at=MORNING))

    assert not nudges().exists()
