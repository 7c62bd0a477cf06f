"""The way out by HTTP: what it refuses, and what no server can make it do."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Collection

import pytest

from rhythm.environment import NamedHost
from rhythm.host.folders import ROOT
from rhythm.notices import safe_http
from rhythm.notices.safe_http import BrokenOff, NotReached, post_json
from rhythm.notices.targets import Refused
from tests import sinks
from tests.notices.test_targets import here, to
from tests.sinks import sink

BODY = b'{"text": "Hello"}'


class Rebinding:
    """A name that is public when it is asked first, and internal from then on."""

    def __init__(self, *answers: Collection[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int) -> Collection[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


def test_a_name_that_changes_its_mind_is_asked_only_once(monkeypatch):
    reached: list[tuple[str, int]] = []

    def connect(address, timeout):
        reached.append(address)
        raise ConnectionRefusedError("refused")

    # The outside world: whatever the line goes to is written down.
    monkeypatch.setattr(socket, "create_connection", connect)
    names = Rebinding(["8.8.8.8"], ["127.0.0.1"])
    with pytest.raises(NotReached):
        post_json("https://evil.example/", BODY, {}, resolve=names)

    assert names.asked == 1
    assert reached == [("8.8.8.8", 443)]


def test_a_name_that_turns_inward_later_is_refused_then():
    names = Rebinding(["127.0.0.1"])
    with pytest.raises(Refused):
        post_json("https://evil.example/", BODY, {}, resolve=names)


def test_the_line_goes_to_the_checked_address_and_keeps_the_name():
    with sink() as server:
        named = (NamedHost("hooks.lan", server.port),)
        url = f"http://hooks.lan:{server.port}/"
        post_json(url, BODY, {}, named=named, resolve=to("127.0.0.1"))

    assert server.requests[0].headers["host"] == f"hooks.lan:{server.port}"


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:{port}/", "//localhost:{port}/", "http://[::1]/", "/elsewhere"],
)
def test_no_redirect_is_followed(location):
    with (
        sink() as inside,
        sink(sinks.redirecting(location.format(port=inside.port))) as server,
    ):
        answer = post_json(server.url, BODY, {}, named=here(server.port))

    assert answer.status == 307
    assert server.connections == 1
    assert inside.connections == 0


# Who waited for the end of what these servers say would wait for ever.
BOUND = 60


@pytest.fixture
def hurry(monkeypatch):
    """Shorten the limits, so that waiting for them is no pain."""
    monkeypatch.setattr(safe_http, "TOTAL_SECONDS", 0.7)
    monkeypatch.setattr(safe_http, "CONNECT_SECONDS", 0.3)


@pytest.mark.parametrize(
    "answers", [sinks.never_answers, sinks.drips, sinks.continues_for_ever]
)
def test_a_server_that_takes_its_time_is_left(answers, hurry):
    with sink(answers) as server:
        started = time.monotonic()
        with pytest.raises(BrokenOff):
            post_json(server.url, BODY, {}, named=here(server.port))

    assert time.monotonic() - started < BOUND


@pytest.mark.parametrize("answers", [sinks.huge, sinks.drips_text])
def test_a_text_without_end_is_cut_off(answers, hurry):
    with sink(answers) as server:
        started = time.monotonic()
        answer = post_json(server.url, BODY, {}, named=here(server.port))

    assert answer.status == 200
    assert len(answer.text) <= 500
    assert time.monotonic() - started < BOUND


@pytest.mark.parametrize(
    "answers", [sinks.hangs_up, sinks.nonsense, sinks.huge_headers]
)
def test_what_is_no_answer_leaves_it_open(answers, hurry):
    with sink(answers) as server, pytest.raises(BrokenOff):
        post_json(server.url, BODY, {}, named=here(server.port))

    assert len(server.requests) == 1


def test_a_port_that_nobody_listens_on_is_not_reached():
    with sink() as server:
        port = server.port
    with pytest.raises(NotReached, match="refused"):
        post_json(f"http://localhost:{port}/", BODY, {}, named=here(port))


def test_a_name_that_nobody_knows_is_not_reached():
    def unknown(host, port):
        raise socket.gaierror("Name or service not known")

    with pytest.raises(NotReached, match="not known"):
        post_json("https://nowhere.example/", BODY, {}, resolve=unknown)


def test_a_resolver_that_hangs_is_left(hurry):
    def hangs(host, port):
        time.sleep(2)
        return ["8.8.8.8"]

    with pytest.raises(NotReached, match="in time"):
        post_json("https://slow.example/", BODY, {}, resolve=hangs)


def test_the_certificate_must_be_of_the_name_though_the_line_goes_to_a_number(
    tmp_path, monkeypatch
):
    own = sinks.certificate(tmp_path / "own.pem", "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    with sink(certificate=own) as server:
        answer = post_json(server.url, BODY, {}, named=here(server.port))

    assert answer.status == 200
    assert server.requests[0].body == BODY


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_of_another_name_or_of_nobody_ends_it(
    trusted, tmp_path, monkeypatch
):
    name = "other.example" if trusted else "localhost"
    own = sinks.certificate(tmp_path / "own.pem", name, "127.0.0.1")
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(own))
    with sink(certificate=own) as server, pytest.raises(NotReached, match="verify"):
        post_json(server.url, BODY, {}, named=here(server.port))

    assert server.requests == []


def test_a_header_cannot_break_the_line():
    with sink() as server, pytest.raises(ValueError):
        post_json(server.url, BODY, {"X-A": "b\r\nX-B: c"}, named=here(server.port))

    assert server.requests == []


def test_nothing_else_here_talks_http():
    """Every other module that does would be a second way out."""
    out = re.compile(
        r"^\s*(import|from) (http\.client|urllib\.request|requests|httpx|urllib3)\b",
        re.MULTILINE,
    )
    found = {
        str(file.relative_to(ROOT))
        for district in ("rhythm", "pipeline", "coaching", "scorecards")
        for file in (ROOT / district).rglob("*.py")
        if out.search(file.read_text())
    }
    assert found <= {"rhythm/notices/safe_http.py", "rhythm/host/health.py"}
