"""A mail server that really talks SMTP."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller


class Postman:
    """A mail server that takes everything, unless told how to refuse."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        # As they came over the line.
        self.raw: list[bytes] = []
        self.rcpt_answer = "250 OK"
        self.data_answer = "250 OK"
        # Hangs up after the text has come, without a word.
        self.hangs_up = False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.rcpt_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt_answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.hangs_up:
            server.transport.close()
            return self.data_answer
        if self.data_answer.startswith("250"):
            self.raw.append(envelope.content)
            found = email.message_from_bytes(envelope.content, policy=default)
            self.mails.append(found)
        return self.data_answer


@pytest.fixture
def postman(settings: Any, unused_port: int) -> Iterator[Postman]:
    handler = Postman()
    server = Controller(handler, hostname="127.0.0.1", port=unused_port)
    server.start()
    use_server(settings, unused_port)
    yield handler
    server.stop()


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def use_server(settings: Any, port: int) -> None:
    """Send mail to that port of this machine."""
    settings.HAS_MAIL_SERVER = True
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5},
        }
    }
