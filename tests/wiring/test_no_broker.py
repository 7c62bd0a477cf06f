"""No broker at all: every page answers, and every change is made, as with one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery, current_app
from django.db import transaction
from django.test import Client, TestCase
from django.urls import reverse

from tests.access import PERSONAS, Row, World
from tests.processes import free_port
from tests.test_access import ROWS, made, sign_in, unlimited, world

# Fixtures of the table of who gets what.
__all__ = ["unlimited", "world"]

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
