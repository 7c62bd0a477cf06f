"""The heartbeat, and the time that it carries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from rhythm.environment import SimulatedClock
from rhythm.ticks import services
from rhythm.ticks.models import Tick
from tests.factories.ticks import TickFactory

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture
def simulated(settings):
    settings.SIMULATED_CLOCK = SimulatedClock(MONDAY, timedelta(minutes=10))


def test_a_tick_carries_the_real_time():
    before = timezone.now()

    tick = services.begin()

    assert before <= tick.at <= timezone.now()


def test_a_simulated_clock_goes_a_step_with_every_tick(simulated):
    times = [services.begin().at for _ in range(3)]

    assert times == [MONDAY + timedelta(minutes=10 * each) for each in range(3)]


def test_a_simulated_clock_that_begins_later_jumps_there(simulated):
    TickFactory(at=MONDAY - timedelta(days=400))

    assert services.begin().at == MONDAY


def test_a_tick_that_ended_says_what_failed():
    tick = services.begin()
    assert not Tick.objects.finished().exists()

    services.finish(tick, failed=["rhythm.notices.tasks.tick"])

    ended = Tick.objects.finished().get()
    assert ended.failed == ["rhythm.notices.tasks.tick"]
    assert ended.finished_at is not None
    assert ended.finished_at >= ended.started_at


def test_old_ticks_are_removed():
    old = TickFactory(started_at=timezone.now() - services.KEPT - timedelta(hours=1))
    new = TickFactory(started_at=timezone.now() - timedelta(days=1))

    services.begin()

    assert not Tick.objects.filter(pk=old.pk).exists()
    assert Tick.objects.filter(pk=new.pk).exists()


def test_a_tick_begins_a_span_where_the_one_before_was_in_another(
    simulated, django_assert_num_queries
):
    quarter = timedelta(minutes=15)
    ticks = [services.begin() for _ in range(4)]

    with django_assert_num_queries(0):
        begun = [services.begins(each, quarter) for each in ticks]
    # 06:00, 06:10, 06:20, 06:30.
    assert begun == [True, False, True, True]


def test_a_task_works_by_the_time_of_its_tick():
    tick = TickFactory(at=MONDAY)

    assert services.time_of(tick.pk) == MONDAY


@pytest.mark.parametrize("gone", [None, 0])
def test_a_task_without_a_tick_works_by_the_real_time(gone):
    before = timezone.now()

    assert before <= services.time_of(gone) <= timezone.now()


def test_only_admins_see_ticks(ada, rita):
    TickFactory()

    assert Tick.objects.visible_to(ada).count() == 1
    assert not Tick.objects.visible_to(rita).exists()
    assert not Tick.objects.editable_by(ada).exists()
