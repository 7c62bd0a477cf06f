"""What a mail server's answer proves, whichever word of the talk it comes at."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from rhythm.notices import services
from rhythm.notices.models import AttemptEnd, DeliveryAttempt, Notice, NoticeState
from rhythm.notices.services import Draft, post

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HANG_UP, SILENCE = "hang up", "silence"
FINE = {
    "connect": "220 here",
    "EHLO": "250 here",
    "MAIL": "250 fine",
    "RCPT": "250 fine",
    "DATA": "354 go on",
    "dot": "250 taken",
    "QUIT": "221 bye",
    "RSET": "250 fine",
}


@dataclass
class Server:
    """Talks SMTP by a table: what to say at each word."""

    says: dict[str, str] = field(default_factory=dict)
    texts: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.line = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.line.getsockname()[1])
        self.done = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _address = self.line.accept()
            except OSError:
                return
            with peer, peer.makefile("rb") as read:
                self._talk(peer, read)

    def _talk(self, peer, read) -> None:
        if not self._say(peer, "connect"):
            return
        for line in read:
            word = line.split()[0].decode().upper()
            word = "EHLO" if word == "HELO" else word
            if not self._say(peer, word):
                return
            if word == "DATA" and self._answer("DATA").startswith("354"):
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    text += read.readline()
                self.texts.append(text)
                if not self._say(peer, "dot"):
                    return

    def _answer(self, word: str) -> str:
        return self.says.get(word) or FINE[word]

    def _say(self, peer: socket.socket, word: str) -> bool:
        answer = self._answer(word)
        if answer == SILENCE:
            self.done.wait(20)
        if answer in (HANG_UP, SILENCE):
            return False
        peer.sendall(f"{answer}\r\n".encode())
        return True


@pytest.fixture
def server(settings) -> Iterator[Server]:
    found = Server()
    settings.HAS_MAIL_SERVER = True
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": found.port, "timeout": 0.5},
        }
    }
    yield found
    found.done.set()
    found.line.close()


def delivered(rita) -> Notice:
    post([Draft("test", "test:1", rita, "Hello", "Hello Rita.")], now=NOW)
    notice = Notice.objects.get()
    services.deliver(notice.pk, now=NOW)
    notice.refresh_from_db()
    return notice


# Up to the last dot, nothing was taken: it is safe to try again.
SAFE = [
    *((word, answer) for word in ("connect",) for answer in (HANG_UP, SILENCE)),
    ("connect", "421 too busy"),
    ("connect", "554 not you"),
    ("EHLO", "421 too busy"),
    ("EHLO", "550 not you"),
    ("MAIL", "451 later"),
    ("MAIL", "550 not from you"),
    ("RCPT", "450 later"),
    ("RCPT", "452 full"),
    ("DATA", "451 later"),
    ("DATA", "554 no"),
    ("dot", "451 later"),
    ("dot", "554 spam"),
]


@pytest.mark.parametrize(("word", "answer"), SAFE)
def test_what_was_certainly_not_taken_is_tried_again(word, answer, server, rita):
    server.says = {word: answer}

    notice = delivered(rita)

    assert notice.state == NoticeState.QUEUED
    assert notice.retry_at
    assert DeliveryAttempt.objects.get().end == AttemptEnd.REFUSED


@pytest.mark.parametrize("answer", ["550 nobody", "553 what", "551 moved"])
def test_a_recipient_who_is_refused_for_good_fails(answer, server, rita):
    server.says = {"RCPT": answer}

    assert delivered(rita).state == NoticeState.FAILED


@pytest.mark.parametrize("answer", [HANG_UP, SILENCE])
def test_after_the_last_dot_nobody_can_know(answer, server, rita):
    server.says = {"dot": answer}
    post([Draft("test", "test:1", rita, "Hello", "Hello Rita.")], now=NOW)
    notice = Notice.objects.get()

    with pytest.raises(OSError, match=r".*"):
        services.deliver(notice.pk, now=NOW)

    assert len(server.texts) == 1
    Notice.objects.update(claimed_until=NOW)
    services.reap()
    notice.refresh_from_db()
    assert notice.state == NoticeState.UNKNOWN


@pytest.mark.parametrize("answer", [HANG_UP, SILENCE, "500 what"])
def test_a_bad_farewell_changes_nothing(answer, server, rita):
    server.says = {"QUIT": answer}

    assert delivered(rita).state == NoticeState.SENT
    assert len(server.texts) == 1


def test_a_server_that_takes_and_drops_is_believed(server, rita):
    """It said that it took the mail: no sender can know better."""
    notice = delivered(rita)

    assert notice.state == NoticeState.SENT
    assert DeliveryAttempt.objects.get().answer
