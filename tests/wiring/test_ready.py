"""Probes: what they ask, what they say, and what they give away."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from rhythm.host.folders import ROOT
from rhythm.ticks import broker
from rhythm.ticks.models import Tick
from tests import processes
from tests.factories.ticks import TickFactory

pytestmark = pytest.mark.django_db

# Nobody listens there.
NOWHERE = "redis://127.0.0.1:1/0"


def ended(seconds: float) -> Tick:
    """Make a tick that came to its end so many seconds ago."""
    return TickFactory(finished_at=timezone.now() - timedelta(seconds=seconds))


def asked(query: str = "") -> tuple[int, str]:
    answer = Client().get(f"/readyz{query}")
    assert answer["Content-Type"] == "text/plain"
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, answer.text


@pytest.fixture
def no_broker(settings):
    settings.REDIS_URL = NOWHERE


def test_all_is_well_while_the_clock_ticks():
    ended(seconds=80)

    assert asked() == (200, "database: ok\nbroker: ok\nclock: ok\n")
    assert asked("?for=worker") == asked()
    assert asked("?for=web") == (200, "database: ok\n")


def test_a_silent_clock_is_the_workers_fault_and_not_the_webs():
    ended(seconds=100)

    status, said = asked("?for=worker")
    assert status == 503
    assert "clock: silent for 10" in said
    assert asked("?for=web")[0] == 200


def test_a_tick_that_does_not_end_is_none():
    TickFactory()

    assert asked()[1].endswith("clock: has never ticked\n")


def test_a_broker_that_is_gone_does_not_take_the_web_out(no_broker):
    ended(seconds=1)

    status, said = asked()
    assert (status, said) == (
        503,
        "database: ok\nbroker: does not answer\nclock: ok\n",
    )
    assert "127.0.0.1" not in said
    assert asked("?for=web")[0] == 200


def test_a_database_that_is_gone_is_told_without_its_address():
    code = (
        "import django; django.setup(); from django.test import Client;"
        "answer = Client(headers={'host': 'localhost'}).get('/readyz');"
        "print(answer.status_code, answer.text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=processes.environment(DATABASE_URL="postgresql://me@127.0.0.1:1/none"),
        capture_output=True,
        text=True,
        check=True,
    )

    said = "503 database: does not answer\nbroker: ok\nclock: cannot be known\n"
    assert done.stdout.strip() == said.strip()


def test_a_probe_that_asks_for_something_else_is_told():
    assert asked("?for=everything") == (400, "for: is web or worker\n")


def test_a_faster_clock_is_missed_sooner(settings):
    settings.TICK_SECONDS = 2
    ended(seconds=7)

    assert "clock: silent for 7 s" in asked()[1]


def test_the_queue_is_counted(settings):
    assert broker.queue() is not None

    settings.REDIS_URL = NOWHERE
    assert broker.queue() is None
    assert not broker.answers()
