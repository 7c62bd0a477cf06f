"""What the host learns by asking the product."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from rhythm.host import health

WELL = "database: ok\nbroker: ok\n"


class Answer(BaseHTTPRequestHandler):
    status, text = 200, ""

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.text.encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "text", "is_idle"),
    [
        (200, WELL + "clock: ok\n", False),
        (503, WELL + "clock: silent for 214 s\n", True),
        (503, "database: ok\nbroker: does not answer\nclock: silent for 99 s\n", False),
        (503, "database: does not answer\nbroker: ok\nclock: cannot be known\n", False),
        (500, "<html>", False),
    ],
)
def test_a_worker_is_idle_only_if_it_has_all_that_it_needs(
    port, monkeypatch, status, text, is_idle
):
    monkeypatch.setattr(Answer, "status", status)
    monkeypatch.setattr(Answer, "text", text)

    assert health.is_idle("127.0.0.1", port) == is_idle


def test_nobody_is_idle_when_nobody_answers(port):
    assert not health.is_idle("127.0.0.1", 1)
    assert not health.answers("127.0.0.1", 1)
    assert health.answers("127.0.0.1", port)
