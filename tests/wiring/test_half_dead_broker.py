"""A broker that takes every call and answers none: pages and work go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, current_app
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from rhythm.host import commands
from rhythm.host.folders import Folders
from rhythm.host.valkey import Valkey
from rhythm.notices.models import Notice, NoticeState
from rhythm.notices.services import Draft, post
from rhythm.people.models import User
from tests import processes
from tests.factories.people import OrganisationFactory, UserFactory
from tests.processes import eventually
from tests.proxy import Proxy, proxy

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

TICK_SECONDS = 1
# A call that nobody answers is given up after half a second; without that limit, never.
# What a page takes beyond it is the machine's, so this bound is far above both.
BOUND = 60


@dataclass
class Lines:
    """The ways to one broker: that of the worker and beat, and that of the pages."""

    work: Proxy
    pages: Proxy

    def half_die(self) -> None:
        for each in (self.work, self.pages):
            each.half_die()

    def revive(self) -> None:
        for each in (self.work, self.pages):
            each.revive()

    def in_time[T](self, ask: Callable[[], T], *, calls: int) -> T:
        """Return the answer, which comes after so many calls of the broker at most."""
        before, started = self.pages.calls, time.monotonic()
        answer = ask()
        assert time.monotonic() - started < BOUND
        assert self.pages.calls - before <= calls
        return answer


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Lines]:
    """A broker of our own, behind lines that can go silent."""
    folders = Folders(tmp_path)
    folders.make()
    server = Valkey(folders)
    server.start()
    path = str(server.socket)
    with proxy(path) as work, proxy(path) as pages:
        yield Lines(work, pages)
    server.stop()


@pytest.fixture
def rita(lines, settings: Any, tmp_path: Path, monkeypatch: Any) -> Iterator[User]:
    """Rita, with a worker and a beat that know the broker by their line alone."""
    call_command("flush", interactive=False, verbosity=0)
    OrganisationFactory()
    rita = UserFactory(email="rita@example.com")
    rita.set_password("a long and silent line")
    rita.save(update_fields=["password"])
    url = f"redis://127.0.0.1:{lines.pages.port}/0"
    settings.TICK_SECONDS, settings.REDIS_URL = TICK_SECONDS, url
    values = processes.environment(
        REDIS_URL=f"redis://127.0.0.1:{lines.work.port}/0",
        RHYTHM_TICK_SECONDS=str(TICK_SECONDS),
    )
    before = current_app._get_current_object()
    app = Celery(broker=url)
    app.set_current()
    worker, beat = (tmp_path / f"{name}.log" for name in ("worker", "beat"))
    with (
        processes.supervised(commands.WORKER, values, worker, monkeypatch),
        processes.supervised(commands.BEAT, values, beat, monkeypatch),
    ):
        yield rita
    app.close()
    before.set_current()


def ready() -> bool:
    return Client().get("/readyz?for=worker").status_code == 200


def test_pages_answer_in_time_and_the_work_goes_on_when_it_speaks_again(lines, rita):
    eventually(ready, "it does not tick")

    lines.half_die()
    browser, in_time = Client(), lines.in_time
    sign_in = {"login": rita.email, "password": "a long and silent line"}
    answer = in_time(lambda: browser.get("/accounts/login/"), calls=0)
    assert answer.status_code == 200
    answer = in_time(lambda: browser.post("/accounts/login/", sign_in), calls=1)
    assert answer.status_code == 302
    for path in ("/", "/notices/", "/meetings/", "/notices/preferences/"):
        answer = in_time(lambda path=path: browser.get(path), calls=0)
        assert answer.status_code in (200, 302)
    draft = Draft("test.note", "k", rita, "While it was silent", "Hello.")
    in_time(lambda: post([draft], now=timezone.now()), calls=1)
    said = in_time(lambda: Client().get("/readyz?for=worker"), calls=1)
    assert said.status_code == 503
    assert "broker: does not answer" in said.text
    said = in_time(lambda: Client().get("/readyz?for=web"), calls=0)
    assert said.status_code == 200
    eventually(lambda: "silent" in Client().get("/readyz").text, "who ticks?")

    lines.revive()
    eventually(ready, "it does not come back")
    # There is no mail server here: it is kept, once it has arrived.
    kept = (NoticeState.KEPT, NoticeState.INBOX)
    eventually(lambda: Notice.objects.get(key="k").state in kept, "it is not kept")
