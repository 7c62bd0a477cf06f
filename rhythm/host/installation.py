"""One installation on this machine: its servers, its environment, its set-up."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rhythm.host import commands, programs
from rhythm.host.errors import HostError, explained, explained_output
from rhythm.host.folders import ROOT, Folders
from rhythm.host.postgres import Postgres
from rhythm.host.valkey import Valkey

DEMO, EMPTY = "demo", "empty"
# Less than this is not enough to begin with.
LEAST_FREE_BYTES = 200 * 1024**2
LONGEST_LOG_BYTES = 10 * 1024**2


class AlreadyRunning(Exception):
    """Another process runs this installation; `url` and `pid` say where and which."""

    def __init__(self, url: str, pid: int) -> None:
        super().__init__(url)
        self.url = url
        self.pid = pid


@dataclass
class Installation:
    """What is kept under one `var/`, or where DATABASE_URL and REDIS_URL point."""

    folders: Folders

    def prepare_folders(self) -> None:
        """Make the folders, and refuse a disk that is full or read-only."""
        self.folders.make()
        free = shutil.disk_usage(self.folders.var).free
        if free < LEAST_FREE_BYTES:
            raise HostError(
                f"The disk is full: {free // 1024**2} MB are left for "
                f"{self.folders.var}, and {LEAST_FREE_BYTES // 1024**2} MB are needed."
            )
        for log in self.folders.log.glob("*.log"):
            if log.stat().st_size > LONGEST_LOG_BYTES:
                log.replace(log.with_suffix(".log.1"))

    @contextlib.contextmanager
    def locked(self, url: str) -> Iterator[None]:
        """Hold the installation for the block, and tell others that it is at `url`.

        Raises AlreadyRunning if another process holds it. The lock ends with us,
        however that happens.
        """
        path = self.folders.var / "up.lock"
        with open(path, "a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise self._already_running(path) from None
            lock.truncate(0)
            lock.write(json.dumps({"pid": os.getpid(), "url": url}))
            lock.flush()
            yield
            lock.truncate(0)

    def _already_running(self, path: Path) -> AlreadyRunning:
        try:
            told = json.loads(path.read_text())
        except ValueError:
            told = {}
        return AlreadyRunning(told.get("url", "another address"), told.get("pid", 0))

    @property
    def kind(self) -> str | None:
        """DEMO or EMPTY, as it was set up; None before that."""
        path = self.folders.var / "kind"
        return path.read_text().strip() if path.exists() else None

    def remember(self, kind: str) -> None:
        (self.folders.var / "kind").write_text(kind)

    def postgres(self) -> Postgres | None:
        """Return the embedded server, or None if DATABASE_URL names another."""
        if os.environ.get("DATABASE_URL"):
            return None
        return Postgres(self.folders)

    def valkey(self) -> Valkey | None:
        """Return the embedded broker, or None if REDIS_URL names another."""
        return None if os.environ.get("REDIS_URL") else Valkey(self.folders)

    def environment(
        self, postgres: Postgres | None, valkey: Valkey | None, kind: str | None
    ) -> dict[str, str]:
        """Return what the product's processes need to know.

        What the caller's own environment says about the product is kept.
        """
        said = os.environ
        ours = {
            "DJANGO_SETTINGS_MODULE": "rhythm.settings",
            "RHYTHM_PROFILE": "local",
            "SECRET_KEY": said.get("SECRET_KEY") or self.folders.secret("key", 64),
            "MEDIA_ROOT": said.get("MEDIA_ROOT") or str(self.folders.media),
            "STATIC_ROOT": said.get("STATIC_ROOT") or str(self.folders.var / "static"),
            "RHYTHM_DEMO": "1" if kind == DEMO else "0",
            "PYTHONUNBUFFERED": "1",
            "PATH": f"{Path(sys.executable).parent}:{said.get('PATH', os.defpath)}",
        }
        if postgres is not None:
            ours["DATABASE_URL"] = postgres.url
        if valkey is not None:
            ours["REDIS_URL"] = valkey.url
        return {**said, **ours}

    def run(
        self, command: tuple[str, ...], environment: dict[str, str], failed: str
    ) -> str:
        """Run a step of the set-up and return what it printed.

        All of it goes to the log too. Raises HostError, which begins with `failed`.
        """
        done = programs.run(command, env=environment, cwd=ROOT)
        log = self.folders.log / "setup.log"
        with open(log, "a") as file:
            file.write(f"$ {' '.join(command)}\n{done.stdout}\n")
        if done.returncode:
            raise explained_output(
                done.stdout, self.folders.var, f"{failed} (all of it is in {log}):"
            )
        return done.stdout

    def collect(self, environment: dict[str, str]) -> bool:
        """Collect the static files. Return False if none has changed since."""
        root = Path(environment["STATIC_ROOT"])
        mark = root.with_name(f"{root.name}.collected")
        now = _fingerprint(ROOT / "static")
        if mark.exists() and mark.read_text() == now and root.exists():
            return False
        try:
            self.run(commands.COLLECT, environment, "The static files are not complete")
            mark.write_text(now)
        except OSError as error:
            raise explained(error, root) from error
        return True


def _fingerprint(folder: Path) -> str:
    """Return a word that changes with any file in `folder`, or any library."""
    found = hashlib.sha256((ROOT / "uv.lock").read_bytes())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            seen = path.stat()
            found.update(f"{path} {seen.st_size} {seen.st_mtime_ns}".encode())
    return found.hexdigest()
