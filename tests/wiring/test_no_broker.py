"""No broker at all: every page answers, and every change is made, as with one.

When it is there again, what waited is delivered, and nothing is tried twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery, current_app
from django.db import transaction
from django.db.models import Count
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from rhythm.host import commands
from rhythm.host.folders import Folders
from rhythm.host.valkey import Valkey
from rhythm.notices import tasks
from rhythm.notices.models import DeliveryAttempt, Notice, NoticeState
from rhythm.notices.services import Draft, post
from rhythm.people.models import User
from tests import processes
from tests.access import PERSONAS, Row, World
from tests.factories.ticks import TickFactory
from tests.notices.postman import Postman, postman, unused_port
from tests.processes import eventually, free_port
from tests.test_access import ROWS, made, sign_in, unlimited, world

# Fixtures of the table of who gets what, and a mail server.
__all__ = ["postman", "unlimited", "unused_port", "world"]

pytestmark = pytest.mark.django_db

# It is asked whether the broker is there, and says that it is not.
ASKS_FOR_IT = {"readyz"}


@pytest.fixture(autouse=True)
def no_broker(settings: Any) -> Iterator[None]:
    """Have hints go to a port that nobody listens on."""
    url = f"redis://127.0.0.1:{free_port()}/0"
    settings.REDIS_URL = url
    # What is posted is to be sent, and workers are to hear of it.
    settings.HAS_MAIL_SERVER = True
    before = current_app._get_current_object()
    app = Celery(broker=url)
    app.set_current()
    yield
    app.close()
    before.set_current()


def asked(row: Row, persona: str, world: World) -> int:
    """Return what the persona gets. All is undone, after it was as if committed."""
    with transaction.atomic():
        browser, person = Client(), world.person(persona)
        if person:
            sign_in(browser, person)
        url, data = reverse(row.name, args=made(row.args, world)), made(row.data, world)
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = getattr(browser, row.method)(url, data)
        transaction.set_rollback(True)
    return int(answer.status_code)


def test_every_page_answers_and_every_change_is_made(world):
    wrong = []
    for row in ROWS:
        # Whoever gets furthest with it.
        persona = min(PERSONAS[:-2], key=row.expected.__getitem__)
        wanted, got = row.expected[persona], asked(row, persona, world)
        if row.name not in ASKS_FOR_IT and got != wanted:
            wrong.append(f"{row}: {persona} got {got}, wanted {wanted}")

    assert not wrong, "\n".join(wrong)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Valkey]:
    """A broker of our own, which hints go to."""
    folders = Folders(tmp_path)
    folders.make()
    server = Valkey(folders)
    server.start()
    before = current_app._get_current_object()
    app = Celery(broker=server.url.replace("unix://", "redis+socket://", 1))
    app.set_current()
    yield server
    app.close()
    before.set_current()
    server.stop()


@pytest.fixture
def worker(
    broker: Valkey,
    postman: Postman,
    unused_port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    values = processes.environment(
        REDIS_URL=broker.url, EMAIL_URL=f"smtp://127.0.0.1:{unused_port}"
    )
    log = tmp_path / "worker.log"
    with processes.supervised(commands.WORKER, values, log, monkeypatch):
        yield


def post_some(rita: User, *words: str) -> None:
    drafts = [Draft("test.note", word, rita, word, "Hello.") for word in words]
    post(drafts, now=timezone.now())


def tick_three_times() -> None:
    """Hint at whatever waits, over and over: the worker hears of all of it thrice."""
    for _time in range(3):
        tasks.tick(TickFactory())


def is_through(broker: Valkey) -> bool:
    """Return whether everything was sent, and nothing waits to be looked at again."""
    with redis.Redis(unix_socket_path=str(broker.socket)) as client:
        hints = client.llen("celery") + client.hlen("unacked")
    return not hints and not Notice.objects.exclude(state=NoticeState.SENT).exists()


@pytest.mark.servers
@pytest.mark.django_db(transaction=True)
def test_nothing_is_tried_twice_though_the_broker_went_and_came_back(
    worker, broker, postman, rita
):
    post_some(rita, "before")
    tick_three_times()
    eventually(lambda: is_through(broker), "the worker does not work")

    broker.stop()
    post_some(rita, "one", "two", "three")
    tick_three_times()
    waiting = Notice.objects.filter(state=NoticeState.QUEUED)
    assert waiting.count() == 3
    assert not DeliveryAttempt.objects.filter(notice__in=waiting).exists()

    broker.start()
    post_some(rita, "after")
    tick_three_times()
    eventually(lambda: is_through(broker), "it does not come back")

    tried = Notice.objects.annotate(number=Count("tries"))
    assert dict(tried.values_list("key", "number")) == dict.fromkeys(
        ("before", "one", "two", "three", "after"), 1
    )
    assert len(postman.mails) == 5
