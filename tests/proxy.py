"""A line to a server that can stop speaking without hanging up."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator


class Proxy:
    """Passes on what is said to a Unix socket, and back, unless it is half dead.

    Half dead, it takes every call and every word, and answers none: what neither a
    closed port nor a lost line is.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.alive = threading.Event()
        self.alive.set()
        self.stopping = threading.Event()
        self.lines: list[socket.socket] = []
        self.calls = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def half_die(self) -> None:
        self.alive.clear()

    def revive(self) -> None:
        self.alive.set()

    def stop(self) -> None:
        self.stopping.set()
        self.alive.set()
        for each in (self.server, *self.lines):
            # Who waits for a word of it is woken by this, and not by the end alone.
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _serve(self) -> None:
        while not self.stopping.is_set():
            try:
                caller, _peer = self.server.accept()
            except OSError:
                return
            self.calls += 1
            threading.Thread(target=self._connect, args=[caller], daemon=True).start()

    def _connect(self, caller: socket.socket) -> None:
        self.lines.append(caller)
        self.alive.wait()
        called = socket.socket(socket.AF_UNIX)
        self.lines.append(called)
        try:
            called.connect(self.path)
        except OSError:
            caller.close()
            return
        for one, other in ((caller, called), (called, caller)):
            threading.Thread(target=self._pass, args=[one, other], daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while word := one.recv(65536):
                self.alive.wait()
                other.sendall(word)
        for each in (one, other):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def proxy(path: str) -> Iterator[Proxy]:
    made = Proxy(path)
    try:
        yield made
    finally:
        made.stop()
