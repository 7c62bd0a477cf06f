"""Hints: sent after the commit, and never in a page's way."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from celery import Celery, current_app, shared_task
from django.db import transaction

from rhythm.notices.hints import hint

# Who tried again and again would do so for minutes. How fast one try is, is the
# machine's.
BOUND = 60


@shared_task
def look(number: int) -> None:
    """Do nothing; it is only ever named in messages."""


@pytest.fixture
def use_broker() -> Iterator[Callable[[str], Celery]]:
    """Return a function that makes an address the broker of everything."""
    before = current_app._get_current_object()
    made = []

    def use(url: str) -> Celery:
        made.append(Celery(broker=url))
        made[-1].set_current()
        return made[-1]

    yield use
    for app in made:
        app.close()
    before.set_current()


@pytest.fixture
def broker(use_broker: Callable[[str], Celery]) -> Celery:
    """A broker in memory, with nothing left from another test of this process."""
    app = use_broker("memory://")
    app.control.purge()
    return app


def closed_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def calls(server: socket.socket) -> int:
    """Return how many have called it, none of whom it has answered."""
    server.setblocking(False)
    found = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            found += 1
    return found


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_costs_a_page_nothing(use_broker, caplog):
    use_broker(f"redis://127.0.0.1:{closed_port()}/0")
    started = time.monotonic()

    with transaction.atomic():
        hint(look, 1)

    assert time.monotonic() - started < BOUND
    assert "No worker was hinted" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_never_answers_costs_a_page_a_second(use_broker, caplog):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        use_broker(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
        started = time.monotonic()
        hint(look, 1)
        assert time.monotonic() - started < BOUND
        assert calls(deaf) == 1

    assert "No worker was hinted" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_hints_at_nothing(broker):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        hint(look, 1)
        raise ZeroDivisionError

    assert waiting(broker) == 0


@pytest.mark.django_db(transaction=True)
def test_a_committed_change_wakes_a_worker(broker):
    with transaction.atomic():
        hint(look, 1)
        assert waiting(broker) == 0

    assert waiting(broker) == 1


def waiting(app: Celery) -> int:
    """Return how many messages wait in the app's queue."""
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        return int(channel._size("celery"))
