"""The supervisor: starts again what ends, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from rhythm.host import programs, supervisor
from rhythm.host.folders import ROOT
from rhythm.host.supervisor import Supervisor

SLEEP = ["sleep", "600"]
DEAF_CODE = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(600)
"""
DEAF = [sys.executable, "-c", DEAF_CODE]

PARENT_CODE = """
import sys, time
from rhythm.host import programs
with open(sys.argv[1], "wb") as log:
    print(programs.start(["sleep", "600"], log=log).pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def log(tmp_path):
    with open(tmp_path / "log", "wb") as file:
        yield file


@pytest.fixture
def watched(monkeypatch):
    """Return a supervisor that watches in a thread, and what it says."""
    monkeypatch.setattr(supervisor, "FIRST_DELAY", 0.05)
    monkeypatch.setattr(supervisor, "LOOK_EVERY_SECONDS", 0.02)
    said: list[str] = []
    watcher = Supervisor(said.append)
    yield watcher, said
    watcher.stopping.set()
    watcher.stop()


def eventually(condition, seconds=10):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_ends_is_started_again(watched, log):
    watcher, said = watched
    kept = watcher.keep("sleeper", lambda: programs.start(SLEEP, log=log))
    first = kept.process
    threading.Thread(target=watcher.watch, daemon=True).start()

    first.kill()

    eventually(lambda: kept.process is not first)
    eventually(lambda: kept.process.poll() is None)
    assert "sleeper has ended (SIGKILL)" in said[0]


def test_what_ends_at_once_is_given_more_and_more_time(watched, log):
    watcher, said = watched
    watcher.keep("broken", lambda: programs.start(["false"], log=log))
    threading.Thread(target=watcher.watch, daemon=True).start()

    eventually(lambda: len(said) >= 4)

    assert "exit code 1" in said[0]
    assert watcher.kept[0].delay >= 0.05 * 2**3


def test_stopping_ends_everything_even_the_deaf(watched, log, tmp_path):
    watcher, _ = watched
    polite = watcher.keep("sleeper", lambda: programs.start(SLEEP, log=log)).process
    deaf = watcher.keep(
        "deaf", lambda: programs.start(DEAF, log=log), patience=0.2
    ).process
    eventually(lambda: "ready" in (tmp_path / "log").read_text())

    watcher.stop()

    assert polite.returncode == -signal.SIGTERM
    assert deaf.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells children")
def test_children_end_with_a_parent_that_is_killed(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT_CODE, str(tmp_path / "log")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())

    parent.kill()
    parent.wait()

    eventually(lambda: not is_alive(child))


def test_what_was_ignored_before_ends_a_program_all_the_same(log):
    """As of a shell that starts something in the background."""
    before = signal.signal(signal.SIGQUIT, signal.SIG_IGN)
    try:
        sleeper = programs.start(SLEEP, log=log, ends_by=signal.SIGQUIT)
    finally:
        signal.signal(signal.SIGQUIT, before)

    sleeper.send_signal(signal.SIGQUIT)

    assert sleeper.wait(60) == -signal.SIGQUIT


def test_what_lives_and_does_no_work_is_killed_and_started_again(
    watched, log, monkeypatch
):
    monkeypatch.setattr(supervisor, "ASK_EVERY_SECONDS", 0.05)
    monkeypatch.setattr(supervisor, "IDLE_SECONDS", 0.2)
    watcher, said = watched
    kept = watcher.keep("worker", lambda: programs.start(SLEEP, log=log))
    first = kept.process
    # Not even a signal that ends others reaches it.
    first.send_signal(signal.SIGSTOP)
    watcher.watch_over(kept, lambda: kept.process is first)
    threading.Thread(target=watcher.watch, daemon=True).start()

    eventually(lambda: kept.process is not first)
    eventually(lambda: kept.process.poll() is None)
    assert said[0] == "worker lives and takes up no work; it is killed."


def test_what_works_again_in_time_is_left_alone(watched, log, monkeypatch):
    monkeypatch.setattr(supervisor, "ASK_EVERY_SECONDS", 0.02)
    monkeypatch.setattr(supervisor, "IDLE_SECONDS", 0.2)
    watcher, said = watched
    kept = watcher.keep("worker", lambda: programs.start(SLEEP, log=log))
    first, answers = kept.process, [True, False] * 20
    watcher.watch_over(kept, lambda: answers.pop() if answers else False)

    eventually(lambda: not answers)

    assert kept.process is first
    assert first.poll() is None
    assert not said
