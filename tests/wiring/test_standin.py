"""Real workers and beats: the clock goes on without beat, and survives too many."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from celery import Celery
from django.core.management import call_command
from django.test import Client

from rhythm.host import commands
from rhythm.host.commands import Part
from rhythm.host.folders import Folders
from rhythm.host.supervisor import Kept
from rhythm.host.valkey import Valkey
from rhythm.ticks.models import Tick
from tests import processes
from tests.factories.people import OrganisationFactory
from tests.processes import PATIENCE, eventually

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

TICK_SECONDS = 1
BUSY = replace(
    commands.WORKER,
    command=tuple(
        "--app=tests.wiring.long_tasks" if each.startswith("--app=") else each
        for each in commands.WORKER.command
    ),
)

type Start = Callable[[Part], Kept]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Valkey]:
    """A broker of our own, which other tests' workers do not know."""
    folders = Folders(tmp_path)
    folders.make()
    server = Valkey(folders)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def start(server, tmp_path, monkeypatch, settings) -> Iterator[Start]:
    """Return what starts a worker or a beat whose clock ticks every second."""
    call_command("flush", interactive=False, verbosity=0)
    OrganisationFactory()
    # As the probe here sees it.
    settings.TICK_SECONDS, settings.REDIS_URL = TICK_SECONDS, server.url
    values = processes.environment(
        REDIS_URL=server.url, RHYTHM_TICK_SECONDS=str(TICK_SECONDS)
    )
    with ExitStack() as opened:

        def started(part: Part) -> Kept:
            number = len(list(tmp_path.glob("*.log")))
            log = tmp_path / f"{part.name}-{number}.log"
            log.touch()
            return opened.enter_context(
                processes.supervised(part, values, log, monkeypatch)
            )

        yield started


def ticks(more_than: int = 0) -> bool:
    return Tick.objects.finished().count() > more_than


def ready() -> bool:
    return Client().get("/readyz?for=worker").status_code == 200


def test_a_worker_without_beat_keeps_ticking(start, tmp_path):
    start(commands.WORKER)

    eventually(lambda: ticks(5), "the worker did not stand in")
    eventually(ready, "it is not ready")

    # How long a tick itself takes is the machine's.
    pauses = [
        (later.started_at - earlier.finished_at).total_seconds()
        for earlier, later in pairwise(Tick.objects.finished().order_by("pk"))
        if earlier.finished_at
    ]
    # It goes on at the clock's own pace, and does not wait each time anew.
    assert sorted(pauses)[len(pauses) // 2] < 3 * TICK_SECONDS
    assert "Traceback" not in (tmp_path / "worker-0.log").read_text()


def test_a_worker_with_full_hands_ticks_by_itself(start, server):
    start(BUSY)
    address = server.url.replace("unix://", "redis+socket://", 1)
    broker = Celery("tests", broker=address, set_as_current=False)
    for _ in range(4):
        broker.send_task("tests.wiring.long_tasks.rest", args=[PATIENCE])

    eventually(lambda: ticks(5), "the clock stands still")
    before = Tick.objects.count()
    eventually(lambda: ticks(before + 2), "it stands still after a while")


def test_two_beats_and_four_workers_do_no_harm(start, tmp_path):
    for part in [commands.WORKER] * 4 + [commands.BEAT] * 2:
        start(part)

    eventually(lambda: ticks(20), "the clock stands still")

    assert not Tick.objects.exclude(failed=[]).exists()
    assert not Tick.objects.filter(finished_at=None, pk__lt=_last() - 12).exists()
    for log in tmp_path.glob("*.log"):
        assert "Traceback" not in log.read_text(), log


def _last() -> int:
    return Tick.objects.values_list("pk", flat=True)[0]


def test_a_worker_that_lives_and_takes_up_nothing_is_seen(start):
    worker = start(commands.WORKER)
    start(commands.BEAT)
    eventually(ready, "it does not tick")

    os.killpg(worker.process.pid, signal.SIGSTOP)
    silent = "database: ok\nbroker: ok\nclock: silent for "
    eventually(
        lambda: Client().get("/readyz?for=worker").text.startswith(silent),
        "a worker that stands still counts as ready",
    )
    assert Client().get("/readyz?for=web").status_code == 200

    os.killpg(worker.process.pid, signal.SIGCONT)
    eventually(ready, "it does not come back")


def test_the_clock_goes_on_when_a_broker_that_was_emptied_is_back(start, server):
    start(commands.WORKER)
    eventually(ready, "it does not tick")

    server.stop()
    eventually(lambda: not ready(), "it ticks without a broker")
    assert "broker: does not answer" in Client().get("/readyz").text
    server.start()

    eventually(ready, "it does not come back")
