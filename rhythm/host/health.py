"""What can be known about an address before and after something is served there."""

from __future__ import annotations

import errno
import http.client
import socket

from rhythm.host.errors import HostError


def check_free(host: str, port: int) -> None:
    """Raise HostError if nothing can be served at this address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the server does: connections of one that has just ended do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise HostError(_refusal(error, host, port)) from error


def _refusal(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use by another program. "
            f"Stop that one, or choose another port: bin/up --port {port + 1}"
        )
    if error.errno == errno.EACCES:
        return f"This account may not use port {port}. Choose one from 1024 up."
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"This machine has no address {host}."
    return f"Nothing can be served at {host}, port {port}: {error.strerror}."


def answers(host: str, port: int) -> bool:
    """Return True if the product answers at this address."""
    return _asked(host, port, "/healthz")[0] == http.client.OK


def is_idle(host: str, port: int) -> bool:
    """Return True if the clock is silent though workers have all that they need.

    So there is one that lives and takes up nothing. When nobody answers, or the
    database or the broker is gone, starting it again would change nothing: False.
    """
    status, text = _asked(host, port, "/readyz?for=worker")
    said = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    needed = [said.pop("database", ""), said.pop("broker", "")]
    return status == http.client.SERVICE_UNAVAILABLE and needed == ["ok", "ok"]


def _asked(host: str, port: int, path: str) -> tuple[int, str]:
    """Return the status and text of a page of the product; 0 if nobody answers."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        response = connection.getresponse()
        return response.status, response.read(4096).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def address_on_network() -> str | None:
    """Return this machine's address for others near it; None if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Sends nothing: it only asks which address would be used.
            probe.connect(("192.0.2.1", 9))
            address = str(probe.getsockname()[0])
        except OSError:
            return None
    return None if address.startswith(("127.", "0.")) else address
