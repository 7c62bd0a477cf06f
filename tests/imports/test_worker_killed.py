"""Real workers that end in the middle of an import: the result is the same."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.core.files import File
from django.core.management import call_command

from pipeline.imports import services
from pipeline.imports.models import ImportRow, ImportRun, ImportState
from pipeline.opportunities.models import Account, Opportunity
from rhythm.host import commands
from rhythm.host.folders import Folders
from rhythm.host.supervisor import Kept
from rhythm.host.valkey import Valkey
from rhythm.people.models import User
from tests import processes
from tests.factories.people import OrganisationFactory, UserFactory
from tests.imports import bench
from tests.imports.steps import upload, worked

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

# A dozen chunks: enough to be killed between two of them, and inside each.
ROWS = 3_000
WORKER = replace(
    commands.WORKER,
    command=tuple(
        "--app=tests.imports.small_chunks" if each.startswith("--app=") else each
        for each in commands.WORKER.command
    ),
)
KILLS = {ImportState.CHECKING: 2, ImportState.RUNNING: 3}
LEASE_SECONDS = 4
PATIENCE = 400


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "deals.csv"
    bench.make_file(path, ROWS)
    return path


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Celery]:
    """A broker of our own: other tests' hints must not reach the worker here."""
    folders = Folders(tmp_path)
    folders.make()
    server = Valkey(folders)
    server.start()
    url = server.url.replace("unix://", "redis+socket://", 1)
    yield Celery("tests", broker=url, set_as_current=False)
    server.stop()


def set_up(file: Path) -> ImportRun:
    """Return the import of the file, its questions answered, in an empty product."""
    call_command("flush", interactive=False, verbosity=0)
    OrganisationFactory()
    ada = UserFactory(name="Ada Abel", email="ada@example.com", is_admin=True)
    with open(file, "rb") as opened:
        run = upload(ada, File(opened, "deals.csv"))
    run = worked(run)
    return services.answer(run, {"process": "new", "process_name": "Sales"})


def contents(run: ImportRun) -> dict[str, Any]:
    """Return all that an import leaves, without the ids that any import has anew."""
    deals = Opportunity.objects.order_by("external_id").values_list(
        "external_id",
        "name",
        "account__name",
        "owner__name",
        "stage__name",
        "stage__process__name",
        "amount",
        "opened_on",
        "close_on",
        "closed_on",
        "outcome",
        "next_step",
        "version",
    )
    results = ImportRow.objects.filter(file__run=run).order_by("kind", "line")
    return {
        "deals": list(deals),
        "accounts": list(Account.objects.order_by("name").values_list("name")),
        "people": list(User.objects.order_by("name").values_list("name", "email")),
        "rows": list(
            results.values_list("kind", "line", "action", "label", "key", "reasons")
        ),
        "counts": list(run.counts.values()),
        "done": (run.state, run.rows_done, run.rows_total),
    }


class Murder:
    """Kills whoever works on an import, some moments after each bit of progress.

    A polite one asks the worker to stop, as a deployment does.
    """

    def __init__(
        self, run: ImportRun, broker: Celery, kept: Kept, *, is_polite: bool = False
    ) -> None:
        self.run, self.broker, self.kept = run, broker, kept
        self.is_polite = is_polite
        self.pick = random.Random(27)
        self.killed: list[str] = []
        self.ticked = 0.0

    def look(self) -> None:
        """Read what has become of it; have the clock tick, faster than beat would."""
        if time.monotonic() - self.ticked > 0.5:
            self.ticked = time.monotonic()
            self.broker.send_task("rhythm.clock.tick")
        time.sleep(0.02)
        self.run.refresh_from_db()

    def until(self, end: ImportState, state: ImportState) -> None:
        """Return when the import has come to `end`, after its kills in `state`."""
        patience = time.monotonic() + PATIENCE
        killed_at, left = 0, KILLS[state]
        while self.run.state != end:
            assert time.monotonic() < patience, (self.run.state, self.killed)
            assert self.run.state != ImportState.FAILED, self.run.error
            self.look()
            done, claim = self.run.rows_done, self.run.claim
            is_midway = self.run.state == state and 0 < done < self.run.rows_total
            # What one that was killed had committed may show a moment after its end,
            # when the next one does not work yet: it has not claimed the import.
            is_there = bool(processes.children(self.kept.process.pid))
            if left and is_there and is_midway and claim != killed_at:
                killed_at, left = claim, left - 1
                self.kill()
        # Asked to stop, a worker may end what it is at, and all of it.
        assert self.is_polite or not left, "the import was faster than its murderer"

    def kill(self) -> None:
        """Kill a worker's child, or the worker with its children."""
        time.sleep(self.pick.uniform(0, 0.1))
        worker = self.kept.process.pid
        if self.is_polite:
            self.stop()
        elif len(self.killed) % 2:
            for child in processes.children(worker):
                os.kill(child, signal.SIGKILL)
            self.killed.append("children")
        else:
            os.killpg(worker, signal.SIGKILL)
            self.killed.append("worker")

    def stop(self) -> None:
        """Ask the worker to stop; return once it has."""
        process = self.kept.process
        process.send_signal(WORKER.ends_by)
        # The supervisor of a deployment kills whoever takes longer.
        process.wait(PATIENCE)
        self.killed.append("stopped")


@pytest.mark.parametrize("is_polite", [False, True], ids=["killed", "asked to stop"])
def test_workers_that_end_leave_what_an_undisturbed_one_does(
    file, broker, tmp_path, monkeypatch, is_polite
):
    run = set_up(file)
    services.start_check(run)
    services.start_run(worked(run))
    wanted = contents(worked(run))
    assert wanted["done"][0] == ImportState.DONE

    run = set_up(file)
    address = broker.conf.broker_url.replace("redis+socket://", "unix://", 1)
    environment = processes.environment(
        REDIS_URL=address, RHYTHM_IMPORT_LEASE_SECONDS=str(LEASE_SECONDS)
    )
    log = tmp_path / "worker.log"
    with processes.supervised(WORKER, environment, log, monkeypatch) as kept:
        murder = Murder(run, broker, kept, is_polite=is_polite)
        services.start_check(run)
        murder.until(ImportState.CHECKED, ImportState.CHECKING)
        services.start_run(run)
        murder.until(ImportState.DONE, ImportState.RUNNING)

    found = contents(run)
    if is_polite:
        assert set(murder.killed) == {"stopped"}
    else:
        assert murder.killed == ["worker", "children", "worker", "children", "worker"]
        # Each loss was made up for by another claim.
        assert run.claim > len(murder.killed)
    for part, content in wanted.items():
        assert found[part] == content, part
