"""The clock: every app's tick is called, whatever the others do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string

from rhythm import clock
from rhythm.ticks.models import Tick
from tests.factories.people import OrganisationFactory
from tests.factories.ticks import TickFactory

called: list[str] = []


def fails(begun) -> None:
    called.append("fails")
    raise RuntimeError("as ticks do")


def works(begun) -> None:
    called.append("works")


def test_one_failing_tick_does_not_stop_the_others(caplog):
    called.clear()

    names = (f"{__name__}.fails", "no.such.module", f"{__name__}.works")
    failed = clock.call_all(names, Tick(at=timezone.now()))

    assert called == ["fails", "works"]
    assert failed == list(names[:2])
    assert "as ticks do" in caplog.text


@pytest.mark.parametrize("name", clock.TICKS)
def test_every_tick_is_there(name):
    assert callable(import_string(name))


def test_beat_has_one_entry():
    from rhythm.celery import app

    assert list(app.conf.beat_schedule) == ["tick"]
    assert app.conf.beat_schedule["tick"]["task"] == clock.tick.name


@pytest.mark.django_db
def test_the_tick_leaves_a_row_that_says_how_it_went():
    clock.tick()

    ended = Tick.objects.finished().get()
    assert ended.failed == []


@pytest.mark.django_db
def test_a_tick_with_nothing_to_do_costs_few_queries(django_assert_max_num_queries):
    OrganisationFactory()
    # A Monday, thirty seconds after the looks that are made every few minutes.
    at = datetime(2027, 3, 1, 9, 0, 30, tzinfo=UTC)
    before = TickFactory(at=at - timedelta(seconds=30), previous_at=None)
    assert clock.call_all(clock.TICKS, before) == []
    begun = TickFactory(at=at)

    with django_assert_max_num_queries(14):
        assert clock.call_all(clock.TICKS, begun) == []
