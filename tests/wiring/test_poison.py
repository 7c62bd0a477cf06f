"""Work that kills whoever takes it up: it is given up, and the other work is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.utils import timezone

from pipeline.imports import services as imports
from pipeline.imports.models import MAXIMUM_ATTEMPTS, ImportRun, ImportState
from rhythm.host import commands
from rhythm.host.folders import Folders
from rhythm.host.valkey import Valkey
from rhythm.notices.models import DeliveryClass, Notice, NoticeState
from rhythm.notices.services import Draft, post
from rhythm.notices.services.delivery import RETRY_AFTER
from rhythm.people.models import User
from tests import processes
from tests.factories.people import OrganisationFactory, UserFactory
from tests.imports.steps import a_file, upload, worked
from tests.processes import eventually

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

WORKER = replace(
    commands.WORKER,
    command=tuple(
        "--app=tests.wiring.poison" if each.startswith("--app=") else each
        for each in commands.WORKER.command
    ),
)


class Sink:
    """A mail server that takes all."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        return "250 OK"


@pytest.fixture
def ada(tmp_path: Path, settings: Any, monkeypatch: Any) -> Iterator[User]:
    """Ada, with a beat and a worker for which some work is poison."""
    call_command("flush", interactive=False, verbosity=0)
    OrganisationFactory()
    ada = UserFactory(email="ada@example.com", is_admin=True)
    settings.HAS_MAIL_SERVER = True
    folders = Folders(tmp_path)
    folders.make()
    broker = Valkey(folders)
    broker.start()
    port = processes.free_port()
    mail = Controller(Sink(), hostname="127.0.0.1", port=port)
    mail.start()
    values = processes.environment(
        REDIS_URL=broker.url,
        EMAIL_URL=f"smtp://127.0.0.1:{port}",
        RHYTHM_TICK_SECONDS="1",
        RHYTHM_DELIVERY_LEASE_SECONDS="1",
        RHYTHM_IMPORT_LEASE_SECONDS="1",
    )
    logs = (tmp_path / f"{name}.log" for name in ("worker", "beat"))
    worker, beat = (
        processes.supervised(part, values, log, monkeypatch)
        for part, log in zip((WORKER, commands.BEAT), logs, strict=True)
    )
    with worker, beat:
        yield ada
    mail.stop()
    broker.stop()


def check(name: str, by: User) -> ImportRun:
    """Upload a file, and have a worker check its rows."""
    text = "id,name,owner,stage,amount,close date\n1,Deal,Rita,Open,9.50,2027-03-01\n"
    run = upload(by, a_file(f"{name}.csv", text), source=name)
    eventually(lambda: worked(run).state == ImportState.DRAFT, "nobody reads it")
    answers = {"process": "new", "process_name": name}
    return imports.start_check(imports.answer(run, answers))


def code(name: str, recipient: User) -> Draft:
    sure = DeliveryClass.AT_LEAST_ONCE
    return Draft("test.code", name, recipient, "Code", "1", delivery_class=sure)


def test_poison_is_given_up_with_a_reason_and_the_others_go_on(ada):
    post([code("poison", ada), code("good", ada)], now=timezone.now())
    poison, good = check("poison", ada), check("good", ada)

    def state(run: ImportRun) -> str:
        run.refresh_from_db()
        return run.state

    eventually(
        lambda: Notice.objects.get(key="good").state == NoticeState.SENT, "good mail"
    )
    eventually(lambda: state(good) == ImportState.CHECKED, "the good file waits")
    eventually(
        lambda: Notice.objects.get(key="poison").state == NoticeState.FAILED,
        "the poisonous mail is tried for ever",
    )
    eventually(
        lambda: state(poison) == ImportState.FAILED,
        "the poisonous file is tried for ever",
    )

    mail = Notice.objects.get(key="poison")
    assert mail.attempts == len(RETRY_AFTER) + 1
    assert "may have arrived" in mail.error
    assert poison.claim == MAXIMUM_ATTEMPTS
    assert "stopped again and again" in poison.error
    # Who comes after all those deaths works on.
    post([code("later", ada)], now=timezone.now())
    eventually(
        lambda: Notice.objects.get(key="later").state == NoticeState.SENT, "later mail"
    )
