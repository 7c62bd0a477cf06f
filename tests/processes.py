"""The product's own processes beside a test, on the test's database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from rhythm.host import programs, supervisor
from rhythm.host.commands import Part
from rhythm.host.folders import ROOT
from rhythm.host.supervisor import Kept, Supervisor

# For anything that comes at last, however slow and busy the machine is. It is long
# enough to tell "slow" from "never", and no measure of how fast anything should be.
PATIENCE = 300


def eventually(condition: Callable[[], object], what: str | Callable[[], str]) -> None:
    """Return once the condition holds; fail, saying `what`, if it never does."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, what if isinstance(what, str) else what()
        time.sleep(0.1)


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def environment(**values: str) -> dict[str, str]:
    """Return what a process needs to work on the test's own database."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    url = urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONUNBUFFERED": "1",
        **values,
    }


@contextmanager
def supervised(
    part: Part, environment: dict[str, str], log: Path, patch: pytest.MonkeyPatch
) -> Iterator[Kept]:
    """Run a part of the product as `bin/up` does: what is killed starts again."""
    # A second's wait before it does is for people, not for tests.
    patch.setattr(supervisor, "FIRST_DELAY", 0.05)
    patch.setattr(supervisor, "LONGEST_DELAY", 0.05)
    patch.setattr(supervisor, "LOOK_EVERY_SECONDS", 0.02)

    def launch() -> subprocess.Popen[bytes]:
        with open(log, "ab") as file:
            return programs.start(
                part.command, log=file, environment=environment, cwd=ROOT
            )

    watcher = Supervisor(lambda text: None)
    kept = watcher.keep(part.name, launch, patience=part.patience)
    watching = threading.Thread(target=watcher.watch, daemon=True)
    watching.start()
    try:
        yield kept
    finally:
        watcher.stopping.set()
        watching.join()
        # Whatever it is doing is of no interest any more; it may have ended by itself.
        with suppress(ProcessLookupError):
            os.killpg(kept.process.pid, signal.SIGKILL)
        watcher.stop()
        end_statements()


def end_statements() -> None:
    """End what the database still does for processes that are gone already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def children(pid: int) -> list[int]:
    """Return the processes that `pid` has started, by Linux's own books.

    A process that has ended has none.
    """
    found = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [int(each) for each in found.read_text().split()]
    except OSError:
        return []
