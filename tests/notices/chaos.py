"""The servers of the chaos test, what runs on them, and how each of them dies."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
import redis
from aiosmtpd.controller import Controller
from celery import Celery, current_app
from django.core.files import File
from django.db import Error, connection
from django.utils import timezone

from pipeline.imports import services as imports
from pipeline.imports.models import ImportRun, ImportState
from rhythm.environment import database_parts
from rhythm.host import commands
from rhythm.host.folders import ROOT, Folders
from rhythm.host.postgres import FORGETFUL, Postgres
from rhythm.host.supervisor import Kept
from rhythm.host.valkey import Valkey
from rhythm.notices import services
from rhythm.notices.models import (
    ChannelKind,
    DeliveryClass,
    Occasion,
)
from rhythm.notices.services import Draft, Said
from rhythm.people.models import User
from tests import processes, sinks
from tests.factories.channels import ChannelFactory
from tests.factories.people import OrganisationFactory, UserFactory

IS_SLOW = bool(os.environ.get("RHYTHM_SLOW_TESTS"))
KILLS = 100 if IS_SLOW else 20
# As many as these always wait, so that a worker has something to be killed over.
ALWAYS_WAITING = 60
LEASE_SECONDS = 3
PATIENCE = 1800 if IS_SLOW else 400
# After so many kills each.
FLUSHES = range(3, KILLS, max(KILLS // 10, 4))
BROKER_GONE = (KILLS // 3, KILLS * 2 // 3)
RESTARTS = (KILLS // 4, KILLS // 2, KILLS * 3 // 4)
GONE_SECONDS = 4
# Of so many deaths one is in the middle of an import.
IMPORT_DEATHS = 4
AT_AN_IMPORT = "at an import"
# Some chunks of a file, and a bad row in each hundred.
ROWS, BAD = 2_000, 100
WORKER = replace(
    commands.WORKER,
    command=tuple(
        "--app=tests.imports.small_chunks" if each.startswith("--app=") else each
        for each in commands.WORKER.command
    ),
)


class Postman:
    """A mail server that needs a moment before and after it takes a mail."""

    def __init__(self) -> None:
        self.came: Counter[str] = Counter()
        # The ports of those whose mail is just being taken.
        self.talking: set[int] = set()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        found = message_from_bytes(envelope.content)
        self.talking.add(session.peer[1])
        await asyncio.sleep(0.05)
        self.came[str(found["Message-ID"])] += 1
        await asyncio.sleep(0.05)
        self.talking.discard(session.peer[1])
        return "250 OK"


@dataclass
class Ground:
    """The servers of one test, and what runs on them."""

    folders: Folders
    postgres: Postgres
    valkey: Valkey
    postman: Postman
    program: sinks.Sink
    slack: sinks.Sink
    environment: dict[str, str]
    workers: list[Kept] = field(default_factory=list)
    pick: random.Random = field(default_factory=lambda: random.Random(16))
    killed: Counter[str] = field(default_factory=Counter)
    posted: int = 0
    imports: list[ImportRun] = field(default_factory=list)
    flushed: int = 0
    # By the monotonic clock; 0 while it is there.
    broker_back_at: float = 0

    def kill(self) -> bool:
        """Kill who is just handing over a mail, or its whole worker, if anybody is."""
        for port in list(self.postman.talking):
            inode = _inode(port)
            for kept in self.workers:
                worker = kept.process.pid
                for child in processes.children(worker):
                    if inode and _holds(child, inode):
                        self._kill(worker, child)
                        return True
        return False

    def _kill(self, worker: int, child: int) -> None:
        # Any moment of the talk, before and after the mail was taken.
        time.sleep(self.pick.uniform(0, 0.08))
        with contextlib.suppress(ProcessLookupError):
            if self.pick.random() < 0.1:
                self.killed["worker"] += 1
                os.killpg(worker, signal.SIGKILL)
            else:
                self.killed["child"] += 1
                os.kill(child, signal.SIGKILL)

    def import_next(self) -> None:
        """Begin an import, unless one is under way."""
        if not self.imports or self.imports[-1].state == ImportState.DONE:
            self.imports.append(self._upload(len(self.imports)))

    def import_on(self) -> bool:
        """Take the last import a step further; return if a worker is at its rows."""
        run = self.imports[-1]
        run.refresh_from_db()
        if run.state == ImportState.DRAFT:
            answers = {"process": "new", "process_name": f"Sales {len(self.imports)}"}
            imports.start_check(imports.answer(run, answers))
        elif run.state == ImportState.CHECKED:
            imports.start_run(run)
        else:
            assert run.state != ImportState.FAILED, run.error
            return run.state != ImportState.DONE and run.rows_done > 0
        return False

    def _upload(self, number: int) -> ImportRun:
        text = io.StringIO()
        out = csv.writer(text)
        out.writerow(["id", "name", "owner", "stage", "amount", "close date"])
        for row in range(ROWS):
            amount = "1e400" if row % BAD == BAD - 1 else f"{row}.50"
            deal = f"{number}-{row}"
            out.writerow(
                [deal, f"Deal {deal}", "Owner 1", "Open", amount, "2027-03-01"]
            )
        file = File(io.BytesIO(text.getvalue().encode()), name=f"deals-{number}.csv")
        ada = User.objects.get(email="ada@example.com")
        return imports.upload(
            [file], by=ada, source=f"crm {number}", submission_key=None
        )

    def kill_for_the_import(self) -> None:
        """Kill all that any worker is at; the import is with one of them."""
        time.sleep(self.pick.uniform(0, 0.08))
        self.killed[AT_AN_IMPORT] += 1
        for kept in self.workers:
            for child in processes.children(kept.process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)

    def empty_the_broker(self) -> None:
        client = redis.Redis(unix_socket_path=str(self.valkey.socket))
        # It may be gone just then.
        with contextlib.suppress(redis.RedisError):
            client.flushall()
            self.flushed += 1
        client.close()

    def stop_the_broker(self) -> None:
        self.valkey.stop()
        self.broker_back_at = time.monotonic() + GONE_SECONDS

    def start_the_broker(self, *, now: float) -> None:
        """Start it if it has been gone long enough.

        By the test's own thread: what a thread starts ends with it.
        """
        if self.broker_back_at and now >= self.broker_back_at:
            self.valkey.start()
            self.broker_back_at = 0

    def restart_the_database(self) -> None:
        connection.close()
        self.postgres.stop()
        time.sleep(GONE_SECONDS / 4)
        self.postgres.start()

    def post(self) -> None:
        """Post a mail, a sign-in mail, and a message to each channel."""
        self.posted += 1
        number, now = self.posted, timezone.now()
        rita = User.objects.get(email="rita@example.com")
        once = Draft("test.once", f"once:{number}", rita, f"Mail {number}", "Hello.")
        certain = Draft(
            "test.certain",
            f"certain:{number}",
            rita,
            f"Code {number}",
            "Let me in.",
            delivery_class=DeliveryClass.AT_LEAST_ONCE,
        )
        services.post([once, certain], now=now)
        said = Said(f"Said {number}", "9 deals")
        services.post_to_channels(
            Occasion.MINUTES, said, key=f"said:{number}", team=None, now=now
        )


def _inode(port: int) -> str:
    """Return the socket that has a port of this machine, by Linux's own books."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if words[1].endswith(f":{port:04X}"):
            return words[9]
    return ""


def _holds(pid: int, inode: str) -> bool:
    """Return whether a process holds a socket."""
    with contextlib.suppress(OSError):
        for each in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if str(each.readlink()) == f"socket:[{inode}]":
                    return True
    return False


@pytest.fixture
def ground(
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    django_db_blocker: Any,
) -> Iterator[Ground]:
    """Bring up servers of our own, and have this test's Django use them."""
    with contextlib.ExitStack() as opened:
        folder = Path(tempfile.mkdtemp(prefix="rhythm-chaos-"))
        folder.chmod(0o711)
        opened.callback(shutil.rmtree, folder, ignore_errors=True)
        folders = Folders(folder / "var")
        folders.make()
        postgres = Postgres(folders, settings=FORGETFUL)
        opened.callback(postgres.stop)
        postgres.start()
        valkey = Valkey(folders)
        opened.callback(valkey.stop)
        valkey.start()
        postman, port = Postman(), processes.free_port()
        mail = Controller(postman, hostname="127.0.0.1", port=port)
        opened.callback(mail.stop)
        mail.start()
        program, slack = (
            opened.enter_context(sinks.sink()),
            opened.enter_context(sinks.sink()),
        )
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "RHYTHM_DELIVERY_LEASE_SECONDS": str(LEASE_SECONDS),
            "RHYTHM_IMPORT_LEASE_SECONDS": str(LEASE_SECONDS),
            "RHYTHM_TICK_SECONDS": "2",
            "RHYTHM_WEBHOOK_HOSTS": f"localhost:{program.port},localhost:{slack.port}",
        }
        for command in ("migrate", "createcachetable"):
            subprocess.run(
                [sys.executable, "manage.py", command],
                cwd=ROOT,
                env=environment,
                check=True,
                capture_output=True,
            )
        opened.enter_context(django_db_blocker.unblock())
        opened.enter_context(_database(postgres.url))
        broker = valkey.url.replace("unix://", "redis+socket://", 1)
        opened.enter_context(_broker(broker))
        settings.HAS_MAIL_SERVER = True
        found = Ground(folders, postgres, valkey, postman, program, slack, environment)
        _people(found)
        parts = [commands.BEAT, commands.BEAT, WORKER, WORKER]
        for number, part in enumerate(parts):
            log = tmp_path / f"{part.name}-{number}.log"
            kept = opened.enter_context(
                processes.supervised(part, environment, log, monkeypatch)
            )
            if part is WORKER:
                found.workers.append(kept)
        yield found


@contextlib.contextmanager
def _database(url: str) -> Iterator[None]:
    """Have Django's connection lead to another server."""
    from urllib.parse import urlsplit

    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(database_parts(urlsplit(url)))
    yield
    connection.close()
    connection.settings_dict.update(before)


@contextlib.contextmanager
def _broker(url: str) -> Iterator[None]:
    before = current_app._get_current_object()
    app = Celery(broker=url)
    app.set_current()
    yield
    app.close()
    before.set_current()


def _people(ground: Ground) -> None:
    OrganisationFactory()
    ada = UserFactory(name="Ada Abel", email="ada@example.com", is_admin=True)
    UserFactory(name="Rita Reyes", email="rita@example.com")
    program = {"url": ground.program.url, "kind": ChannelKind.JSON}
    ChannelFactory(name="Program", made_by=ada, **program)
    ChannelFactory(name="Slack", made_by=ada, url=ground.slack.url)


def asked[T](question: Any) -> Any:
    """Return the answer of the database, which may be gone for a moment."""
    until = time.monotonic() + 60
    while True:
        try:
            return question()
        except Error:
            assert time.monotonic() < until, "the database did not come back"
            connection.close()
            time.sleep(0.1)
