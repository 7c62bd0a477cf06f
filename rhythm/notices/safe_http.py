"""The one way out by HTTP: JSON to an address that somebody typed in.

A name is resolved once, every answer is checked, and the
line goes to a checked address; the name stays for TLS and the Host header. That is why
no HTTP library is used: each resolves again by itself when it connects.

No redirect is followed, no proxy is asked, and everything has its limit. It knows
neither Django nor the database.
"""

from __future__ import annotations

import http.client
import io
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import IO, Any, cast

from rhythm.environment import NamedHost
from rhythm.notices.targets import Refused, Target, literal, parse, refusal
from rhythm.web.words import _

CONNECT_SECONDS = 3.0
# For all of it: the name, the connection, TLS, the request and the answer.
TOTAL_SECONDS = 10.0
LARGEST_ANSWER = 64 * 1024
# The addresses of a host, as text.
type Resolver = Callable[[str, int], Collection[str]]


class NotReached(Exception):
    """There was no line to the host: nothing was sent. Later there may be one."""


class NotFound(NotReached):
    """The host's name led nowhere."""


class BrokenOff(Exception):
    """The request was on its way, and no answer came: it may have arrived."""


@dataclass(frozen=True)
class Answer:
    """What the host said: its status, and how its text begins."""

    status: int
    text: str


def system_resolver(host: str, port: int) -> Collection[str]:
    """Return what the machine's own resolver knows of a host, all of it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def post_json(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    named: Collection[NamedHost] = (),
    own_host: str = "",
    resolve: Resolver = system_resolver,
) -> Answer:
    """Send the body to an address, and return the answer, whatever its status.

    Takes TOTAL_SECONDS at most. Raises Refused, NotReached or BrokenOff.
    """
    until = time.monotonic() + TOTAL_SECONDS
    target = parse(url, named=named, own_host=own_host)
    request = _request(target, body, headers)
    with _line(target, _checked(target, resolve, until), until) as line:
        try:
            _send(line, request, until)
            return _answer(line, until)
        except (OSError, http.client.HTTPException) as error:
            raise BrokenOff(_words(error)) from error


def _request(target: Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = {
        "Host": target.host_header,
        "User-Agent": "Rhythm",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    if text.count("\n") != len(lines) or text.count("\r") != len(lines):
        raise ValueError("a header's value has a line break")
    return f"POST {target.path} HTTP/1.1\r\n{text}\r\n".encode("ascii") + body


def _checked(target: Target, resolve: Resolver, until: float) -> list[str]:
    """Return the addresses of the host. One that is refused refuses them all."""
    if literal(target.host):
        found: Collection[str] = [target.host]
    else:
        found = _resolved(target, resolve, until)
    for each in found:
        why = refusal(each, is_named=target.is_named)
        if why:
            raise Refused(_("The host's address: %(why)s") % {"why": why})
    return list(found)


def _resolved(target: Target, resolve: Resolver, until: float) -> Collection[str]:
    """Return what the resolver says; it has no time limit of its own."""
    said: queue.SimpleQueue[Collection[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            said.put(resolve(target.host, target.port))
        except (OSError, UnicodeError) as error:
            said.put(OSError(str(error)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        found = said.get(timeout=_left(until))
    except (queue.Empty, TimeoutError) as error:
        raise NotFound(_("The host's name was not resolved in time.")) from error
    if isinstance(found, OSError) or not found:
        raise NotFound(_("The host's name is not known."))
    return found


def _line(target: Target, addresses: list[str], until: float) -> socket.socket:
    """Return a line to the first of the addresses that answers, with TLS if wanted."""
    last: Exception | None = None
    for address in addresses:
        line: socket.socket | None = None
        try:
            wait = min(CONNECT_SECONDS, _left(until))
            line = socket.create_connection((address, target.port), timeout=wait)
            if not target.is_tls:
                return line
            line.settimeout(_left(until))
            context = ssl.create_default_context()
            return context.wrap_socket(line, server_hostname=target.host)
        except (OSError, ValueError) as error:
            if line is not None:
                line.close()
            last = error
    raise NotReached(_words(last)) from last


def _send(line: socket.socket, request: bytes, until: float) -> None:
    view = memoryview(request)
    while view:
        line.settimeout(_left(until))
        view = view[line.send(view) :]


def _answer(line: socket.socket, until: float) -> Answer:
    response = http.client.HTTPResponse(
        cast("Any", _Readable(line, until)), method="POST"
    )
    response.begin()
    try:
        text = response.read(LARGEST_ANSWER)
    except (OSError, http.client.HTTPException):
        # What it decided is known; what it went on to say is not worth a wait.
        text = b""
    return Answer(status=response.status, text=text[:500].decode(errors="replace"))


class _Readable:
    """What http.client takes for a socket: it reads so long, and so much."""

    def __init__(self, line: socket.socket, until: float) -> None:
        self.line, self.until = line, until

    def makefile(self, mode: str) -> IO[bytes]:
        return io.BufferedReader(_Raw(self.line, self.until))


class _Raw(io.RawIOBase):
    def __init__(self, line: socket.socket, until: float) -> None:
        self.line, self.until, self.left = line, until, LARGEST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(len(buffer), self.left)
        if not size:
            return 0
        self.line.settimeout(_left(self.until))
        got = self.line.recv_into(memoryview(buffer)[:size])
        self.left -= got
        return got


def _left(until: float) -> float:
    """Return the seconds that are left. Raises TimeoutError when there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def _words(error: Exception | None) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
