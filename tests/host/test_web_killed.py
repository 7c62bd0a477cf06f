"""A web server that is killed in the middle of posts, and browsers that send again."""

from __future__ import annotations

import http.client
import itertools
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pipeline.activities.models import Activity
from pipeline.opportunities.models import Account, Contact, Opportunity
from rhythm.commitments.models import Commitment
from rhythm.host import commands, health
from rhythm.host.supervisor import Kept
from rhythm.people.models import User
from tests import processes
from tests.factories.activities import ActivityKindFactory
from tests.factories.opportunities import AccountFactory, OpportunityFactory
from tests.factories.process import a_process

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

KILLS, OF_EACH, BROWSERS = 5, 25, 4
PATIENCE = 120
TOKEN = "k" * 32


@dataclass
class Form:
    """One form that a person fills in once, however often it is sent."""

    url: str
    values: dict[str, object]
    key: UUID = field(default_factory=uuid4)

    @property
    def body(self) -> str:
        return urlencode({**self.values, "submission_key": str(self.key)})


@dataclass
class Web:
    """A web server that dies and comes back, and those who send to it."""

    port: int
    kept: Kept
    cookies: str
    in_flight: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    broken_off: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, form: Form) -> None:
        """Send the form until there is an answer."""
        until = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < until, "the web did not come back"
            try:
                status = self._post(form)
            except (OSError, http.client.HTTPException) as gone:
                # Refused is not broken off: nobody had got the form then.
                self.broken_off += not isinstance(gone, ConnectionRefusedError)
                time.sleep(0.05)
            else:
                with self.lock:
                    self.answers[status] += 1
                return

    def _post(self, form: Form) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {
            "Host": f"localhost:{self.port}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookies,
            "X-CSRFToken": TOKEN,
        }
        try:
            connection.connect()
            with self.lock:
                self.in_flight += 1
            try:
                connection.request("POST", form.url, form.body, headers)
                return connection.getresponse().status
            finally:
                with self.lock:
                    self.in_flight -= 1
        finally:
            connection.close()

    def wait(self) -> None:
        """Return when pages are served."""
        until = time.monotonic() + PATIENCE
        while not health.answers("127.0.0.1", self.port):
            assert time.monotonic() < until, "the web did not come up"
            time.sleep(0.05)

    def kill(self, pick: random.Random) -> int:
        """Kill it with all its children at some moment; return how many posts it cost.

        The moment is one at which there are posts under way, if any come at all.
        """
        self.wait()
        time.sleep(pick.uniform(0, 0.25))
        for _moment in range(2000):
            if self.in_flight:
                break
            time.sleep(0.001)
        under_way = self.in_flight
        os.killpg(self.kept.process.pid, signal.SIGKILL)
        return under_way


@pytest.fixture
def web(rita: User, tmp_path, monkeypatch) -> Iterator[Web]:
    browser = Client()
    browser.force_login(rita)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; "
    cookies += f"{settings.CSRF_COOKIE_NAME}={TOKEN}"
    port = processes.free_port()
    environment = processes.environment(
        APP_BASE_URL=f"http://localhost:{port}",
        GRANIAN_HOST="127.0.0.1",
        GRANIAN_PORT=str(port),
        GRANIAN_WORKERS="1",
        GRANIAN_BLOCKING_THREADS="4",
    )
    log = tmp_path / "web.log"
    with processes.supervised(commands.WEB, environment, log, monkeypatch) as kept:
        served = Web(port, kept, cookies)
        served.wait()
        yield served


@pytest.fixture
def forms(rita: User, lena: User) -> list[Form]:
    """OF_EACH quick logs, new deals and new commitments of Rita's, mixed."""
    a_process()
    kind = ActivityKindFactory()
    soon = timezone.now().date() + timedelta(days=20)
    found = []
    for number in range(OF_EACH):
        found += [
            a_log(number, kind.pk, rita, soon),
            a_deal(number, soon),
            a_commitment(number, rita, lena, soon),
        ]
    return found


def a_log(number: int, kind: int, rita: User, soon: date) -> Form:
    deal = OpportunityFactory(
        owner=rita, name=f"Known {number}", account=AccountFactory(name=f"Old {number}")
    )
    values: dict[str, object] = {
        "kind": kind,
        "subject": f"deal:{deal.pk}",
        "outcome": f"Outcome {number}",
        "new_contact": f"Contact {number}",
        "next_step": f"Step {number}",
        "next_step_on": soon.isoformat(),
    }
    return Form(reverse("activities:log"), values)


def a_deal(number: int, soon: date) -> Form:
    values: dict[str, object] = {
        "name": f"New {number}",
        "account": "new",
        "account_q": f"Account of {number}",
        "amount": "1000",
        "close_on": soon.isoformat(),
    }
    return Form(reverse("opportunities:opportunity_create"), values)


def a_commitment(number: int, rita: User, lena: User, soon: date) -> Form:
    values: dict[str, object] = {
        "what": f"Promise {number}",
        "promiser": rita.pk,
        "receiver": lena.pk,
        "due_on": soon.isoformat(),
    }
    return Form(reverse("commitments:commitment_create"), values)


def test_whatever_is_killed_each_form_makes_one_whole_record(web, forms):
    pick = random.Random(17)
    sent: list[Form] = []
    waiting = threading.Event()

    def work(batch: list[Form]) -> None:
        for form in batch:
            web.send(form)
            sent.append(form)
        # While there is somebody to be killed, people also send what is made already.
        for form in itertools.cycle(batch):
            if waiting.is_set():
                return
            web.send(form)

    batches = [forms[number::BROWSERS] for number in range(BROWSERS)]
    with ThreadPoolExecutor(BROWSERS) as pool:
        working = [pool.submit(work, batch) for batch in batches]
        try:
            cost = [web.kill(pick) for _kill in range(KILLS)]
            web.wait()
        finally:
            waiting.set()
        for each in working:
            each.result(PATIENCE)

    assert len(sent) == len(forms)
    assert set(web.answers) == {302}
    assert sum(cost) >= KILLS
    assert web.broken_off > 0
    check_records(forms)


def check_records(forms: list[Form]) -> None:
    """Check that there is one whole record of each form, and nothing besides."""
    keys = {form.key for form in forms}
    made = [
        *Activity.everything.values_list("submission_key", flat=True),
        *Opportunity.objects.exclude(submission_key=None).values_list(
            "submission_key", flat=True
        ),
        *Commitment.objects.values_list("submission_key", flat=True),
    ]
    assert len(made) == len(keys)
    assert set(made) == keys

    for entry in Activity.everything.select_related("opportunity"):
        number = entry.outcome.removeprefix("Outcome ")
        deal = entry.opportunity
        assert deal is not None
        assert deal.name == f"Known {number}"
        assert deal.next_step == f"Step {number}"
        assert deal.last_activity_at == entry.happened_at
        names = list(entry.contacts.values_list("name", flat=True))
        assert names == [f"Contact {number}"]
    assert Contact.objects.count() == OF_EACH
    for deal in Opportunity.objects.exclude(submission_key=None):
        assert deal.account.name == f"Account of {deal.name.removeprefix('New ')}"
    # No account is left of a deal that was not made.
    assert Account.objects.count() == 2 * OF_EACH
