"""`bin/up` as a person meets it: what it says, what it leaves, what it refuses."""

from __future__ import annotations

import http.client
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from rhythm.host.errors import HostError
from rhythm.host.folders import ROOT, Folders
from rhythm.host.installation import EMPTY, Installation
from rhythm.host.postgres import Postgres

pytestmark = pytest.mark.servers
PATIENCE = 300


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Running:
    """One `bin/up`, from after its set-up of packages, and what it says."""

    def __init__(self, var: Path, *arguments: str) -> None:
        self.said: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        hidden = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "RHYTHM_PROFILE"}
        said = {name: each for name, each in os.environ.items() if name not in hidden}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rhythm.host.up", *arguments],
            cwd=ROOT,
            env={**said, "RHYTHM_VAR": str(var)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.strip())
        self._lines.put(None)

    def wait_for(self, words: str) -> None:
        """Return once it has said `words`; fail if it ends without."""
        until = time.monotonic() + PATIENCE
        while not any(words in line for line in self.said):
            line = self._lines.get(timeout=until - time.monotonic())
            assert line is not None, self.said
            self.said.append(line)

    def end(self, by: signal.Signals = signal.SIGINT) -> int:
        """End it, and return its exit code."""
        self.process.send_signal(by)
        return self.process.wait(PATIENCE)

    def result(self) -> tuple[int, str]:
        """Return the exit code and all that it said, once it has ended by itself."""
        code = self.process.wait(PATIENCE)
        while (line := self._lines.get(timeout=10)) is not None:
            self.said.append(line)
        return code, "\n".join(self.said)


@pytest.fixture
def run(var):
    started = []

    def start(*arguments: str) -> Running:
        started.append(Running(var, *arguments))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.end(signal.SIGTERM)


def descendants(pid: int) -> list[int]:
    """Return the processes below `pid`, by Linux's own books."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after[1]) == pid:
            child = int(stat.parent.name)
            found += [child, *descendants(child)]
    return found


def command_of(pid: int) -> str:
    """Return what a process runs, or "" once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ")
    except OSError:
        return ""


def get(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("localhost", port, timeout=20)
    # With a session to look up, so that the database is asked.
    cookie = {"Cookie": "session=0123456789abcdefghijklmnopqrstuv"}
    connection.request("GET", path, headers=cookie)
    return connection.getresponse()


def test_the_whole_of_it_starts_is_found_again_and_stops(var, run):
    port = free_port()
    first = run("--port", str(port))
    first.wait_for(f"Rhythm is ready: http://localhost:{port}")

    assert get(port, "/healthz").status == 200
    assert get(port, "/accounts/login/").status == 200
    assert Installation(Folders(var)).kind == EMPTY
    for name in ("key", "postgres", "postgres-setup"):
        assert (var / "secrets" / name).stat().st_mode & 0o077 == 0

    second = run("--port", str(free_port()))
    code, said = second.result()
    assert code == 0
    assert f"running already: http://localhost:{port}" in said
    assert str(first.process.pid) in said

    below = descendants(first.process.pid)
    assert len(below) > 5
    assert first.end() == 0
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]


def test_a_database_that_falls_is_up_again_and_pages_say_so_meanwhile(var, run):
    port = free_port()
    running = run("--port", str(port))
    running.wait_for("Rhythm is ready")
    postmaster = (Folders(var).postgres / "data/postmaster.pid").read_text()

    os.kill(int(postmaster.split()[0]), signal.SIGKILL)

    running.wait_for("postgres has ended (SIGKILL)")
    answers = [get(port, "/accounts/login/")]
    until = time.monotonic() + PATIENCE
    while answers[-1].status != 200:
        assert time.monotonic() < until
        time.sleep(0.2)
        answers.append(get(port, "/accounts/login/"))
    # Not one of them was a fault of ours; each said when to come again.
    assert {each.status for each in answers} == {503, 200}
    assert answers[0].headers["Retry-After"] == "5"


def test_a_kill_leaves_nothing_that_stands_in_the_way(run):
    port = free_port()
    running = run("--port", str(port))
    running.wait_for("Rhythm is ready")
    below = descendants(running.process.pid)

    running.end(signal.SIGKILL)
    until = time.monotonic() + PATIENCE
    while left := {pid: said for pid in below if (said := command_of(pid))}:
        assert time.monotonic() < until, left
        time.sleep(0.1)

    run("--port", str(port)).wait_for("Bringing the database up")


def test_a_port_in_use_is_named(run):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, said = run("--port", str(port)).result()

    assert code == 1
    assert f"Port {port} is in use" in said
    assert "Traceback" not in said


def test_data_of_another_version_is_named(var, run):
    folders = Folders(var)
    folders.make()
    server = Postgres(folders)
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("17\n")

    code, said = run("--port", str(free_port())).result()

    assert code == 1
    assert "holds data of PostgreSQL 17" in said
    assert "Traceback" not in said


@pytest.fixture
def small_disk(var):
    """Mount a disk of 64 MB at `var`, which only root may."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("needs root, to mount a small disk")
    command = ["mount", "-t", "tmpfs", "-o", "size=64m,mode=711", "small", str(var)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    yield var
    subprocess.run(["umount", str(var)], check=True)


def test_a_full_disk_is_named(small_disk, run):
    code, said = run("--port", str(free_port())).result()

    assert code == 1
    assert "The disk is full" in said
    assert "Traceback" not in said


def test_a_disk_that_fills_up_meanwhile_is_named(small_disk, monkeypatch):
    monkeypatch.setattr("rhythm.host.installation.LEAST_FREE_BYTES", 0)
    folders = Folders(small_disk)
    Installation(folders).prepare_folders()
    free = shutil.disk_usage(small_disk).free
    (small_disk / "ballast").write_bytes(b"0" * (free - 2 * 1024**2))

    with pytest.raises(HostError, match="The disk is full"):
        Postgres(folders).start()


def test_a_read_only_disk_is_named(small_disk, run):
    command = ["mount", "-o", "remount,ro", str(small_disk)]
    subprocess.run(command, check=True)

    code, said = run("--port", str(free_port())).result()

    assert code == 1
    assert "The disk is read-only" in said
    assert "Traceback" not in said
