"""Servers of their own for the tools: a new database, and the product on top of it.

Nothing of Django is imported before the environment says where the database is.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rhythm.host import commands, health, programs
from rhythm.host.errors import HostError
from rhythm.host.folders import ROOT, Folders
from rhythm.host.installation import Installation
from rhythm.host.postgres import DATABASE, FORGETFUL, ROLE, Postgres

PATIENCE_SECONDS = 120
# Nobody is there: a hint to a worker is lost, as hints may be.
NO_BROKER = "redis://127.0.0.1:1/0"


@dataclass
class Ground:
    """A database that began empty, and the environment in which it is reached."""

    installation: Installation
    environment: dict[str, str]

    def run(self, *command: str) -> str:
        """Run one of the product's commands and return what it printed."""
        return self.installation.run(command, self.environment, f"{command} failed")

    @contextlib.contextmanager
    def web(self) -> Iterator[str]:
        """Serve the product for the block; yield its address."""
        port = free_port()
        url = f"http://localhost:{port}"
        environment = self.environment | {
            "APP_BASE_URL": url,
            "GRANIAN_HOST": "127.0.0.1",
            "GRANIAN_PORT": str(port),
            "GRANIAN_WORKERS": "1",
        }
        with open(self.installation.folders.log / "web.log", "wb") as log:
            process = programs.start(
                commands.WEB.command, log=log, environment=environment, cwd=ROOT
            )
        try:
            _wait(process, port)
            yield url
        finally:
            programs.stop(process, commands.WEB.ends_by, commands.WEB.patience)


@contextlib.contextmanager
def ground(name: str, *, is_demo: bool, keep: bool = False) -> Iterator[Ground]:
    """Yield a migrated database of its own for the tool `name`, and set it up here.

    keep leaves the data of the run before, if there is any.
    """
    folders = Folders(ROOT / "var" / name)
    installation = Installation(folders)
    installation.prepare_folders()
    postgres = Postgres(folders, settings=FORGETFUL)
    with contextlib.ExitStack() as opened:
        opened.enter_context(installation.locked(f"bin/{name}"))
        opened.callback(postgres.stop)
        postgres.start()
        if not keep:
            _empty(postgres)
        environment = installation.environment(
            postgres, None, "demo" if is_demo else None
        )
        environment |= {
            "REDIS_URL": NO_BROKER,
            "DATABASE_URL": postgres.url,
            "STATIC_ROOT": str(folders.var / "static"),
            "MEDIA_ROOT": str(folders.media),
            "RHYTHM_STATEMENT_SECONDS": "0",
            "EMAIL_URL": "",
            "APP_BASE_URL": "http://localhost:8000",
        }
        installation.run(commands.PREPARE, environment, "No database")
        installation.collect(environment)
        os.environ.update(environment)
        import django

        django.setup()
        yield Ground(installation, environment)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _empty(postgres: Postgres) -> None:
    with postgres.superuser() as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not health.answers("127.0.0.1", port):
        if process.poll() is not None or time.monotonic() > until:
            raise HostError("The web did not start.")
        time.sleep(0.1)
