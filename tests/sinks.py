"""Servers that webhooks are sent to: honest ones, and those that are not."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ERROR = b"HTTP/1.1 500 Broken\r\nContent-Length: 4\r\n\r\nbang"


@dataclass
class Request:
    """One that came whole."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Sink:
    """A web server on this machine. `answers` says what it does with a request."""

    answers: Callable[[socket.socket], None] | bytes = OK
    certificate: Path | None = None
    host: str = "127.0.0.1"
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.server = socket.create_server((self.host, 0))
        self.server.settimeout(0.1)
        self.port = int(self.server.getsockname()[1])
        self.serving = threading.Thread(target=self._serve, daemon=True)
        self.serving.start()

    @property
    def url(self) -> str:
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://localhost:{self.port}/hook?key=1"

    def stop(self) -> None:
        self.stopping.set()
        self.serving.join()
        self.server.close()

    def _serve(self) -> None:
        while not self.stopping.is_set():
            try:
                line, _peer = self.server.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=[line], daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self.certificate:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self.certificate)
                line = context.wrap_socket(line, server_side=True)
            line.settimeout(10)
            self.requests.append(_read(line))
            if callable(self.answers):
                self.answers(line)
            else:
                line.sendall(self.answers)
        line.close()


def _read(line: socket.socket) -> Request:
    raw = b""
    while b"\r\n\r\n" not in raw:
        got = line.recv(65536)
        if not got:
            raise ValueError("hung up")
        raw += got
    head, body = raw.split(b"\r\n\r\n", 1)
    first, *lines = head.decode().split("\r\n")
    headers = {k.lower(): v for k, v in (each.split(": ", 1) for each in lines)}
    while len(body) < int(headers["content-length"]):
        body += line.recv(65536)
    return Request(first, headers, body)


def redirecting(to: str) -> bytes:
    return f"HTTP/1.1 307 Go\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


def hangs_up(line: socket.socket) -> None:
    """Take the request, and go without a word."""


def never_answers(line: socket.socket) -> None:
    line.recv(1)


def drips(line: socket.socket) -> None:
    """Send a header without end, a letter at a time."""
    line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        line.sendall(b"x")
        time.sleep(0.05)


def drips_text(line: socket.socket) -> None:
    """Say that it is fine, and then go on without end."""
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        line.sendall(b"x")
        time.sleep(0.05)


def huge(line: socket.socket) -> None:
    """Say that it is fine, in a gigabyte."""
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    for _ in range(1000):
        line.sendall(b"x" * 1_000_000)


def huge_headers(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        line.sendall(f"X-{number}: {'x' * 500}\r\n".encode())


def nonsense(line: socket.socket) -> None:
    line.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def continues_for_ever(line: socket.socket) -> None:
    while True:
        line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


@contextlib.contextmanager
def sink(answers: Any = OK, **options: Any) -> Iterator[Sink]:
    made = Sink(answers, **options)
    try:
        yield made
    finally:
        made.stop()


def certificate(path: Path, *names: str) -> Path:
    """Write a key with a certificate of its own for the names; return the path."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test")])
    now = datetime.now(UTC)
    alternatives: list[x509.GeneralName] = []
    for each in names:
        try:
            alternatives.append(x509.IPAddress(ipaddress.ip_address(each)))
        except ValueError:
            alternatives.append(x509.DNSName(each))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path
