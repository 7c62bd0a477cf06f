"""Metrics: only with the token, in Prometheus' own words, whatever is gone."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from rhythm.host.folders import ROOT
from rhythm.people.models.audit import AuditKind
from rhythm.people.services import audit
from tests import processes
from tests.factories.meetings import NoticeFactory
from tests.factories.ticks import TickFactory

pytestmark = pytest.mark.django_db

TOKEN = "t7Yh2-kQw9_ZpL4xVb8NcR3mJf6SdG1aHu5EoTiXyBqW"


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = TOKEN


def scraped() -> dict[str, float]:
    """Return every sample by its name, with its labels' values."""
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    assert "no-store" in answer["Cache-Control"]
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_without_the_setting_there_is_no_such_page():
    answer = Client().get("/metrics", headers={"Authorization": "Bearer "})

    assert answer.status_code == 404


OTHERS = [None, "", "Bearer", "Bearer ", "Bearer é", TOKEN]


@pytest.mark.parametrize("given", [*OTHERS, f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
def test_whoever_has_no_token_reads_nothing(token, given):
    headers = {} if given is None else {"Authorization": given}
    answer = Client().get("/metrics", headers=headers)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.content == b""


def test_the_figures_are_those_of_the_health_page(token):
    now = timezone.now()
    TickFactory(finished_at=now - timedelta(seconds=200))
    NoticeFactory(state="failed")
    NoticeFactory(due_at=now - timedelta(hours=1))
    audit.record(AuditKind.BACKUP_TAKEN, by=None)

    found = scraped()

    assert found["rhythm_database_up"] == found["rhythm_broker_up"] == 1
    assert found["rhythm_clock_silent"] == 1
    assert found["rhythm_clock_age_seconds"] == pytest.approx(200, abs=5)
    assert found["rhythm_notices failed"] == 1
    assert found["rhythm_notices overdue"] == 1
    assert found["rhythm_imports waiting"] == 0
    assert found["rhythm_database_size_bytes"] > 1_000_000
    assert 0 <= found["rhythm_backup_age_seconds"] < 60
    assert found["rhythm_media_free_bytes"] > 0


def test_what_failed_in_the_last_tick_is_one_and_lately_zero(token):
    now = timezone.now()
    TickFactory(finished_at=now - timedelta(seconds=40), failed=["a.tasks.tick"])
    TickFactory(finished_at=now, failed=["b.tasks.tick"])

    found = scraped()

    assert found["rhythm_tick_failed a.tasks.tick"] == 0
    assert found["rhythm_tick_failed b.tasks.tick"] == 1
    assert found["rhythm_clock_silent"] == 0


def test_a_broker_that_is_gone_is_a_figure_too(token, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    found = scraped()

    assert found["rhythm_broker_up"] == 0
    assert "rhythm_queue_hints waiting" not in found
    # Nobody has ticked, and nobody has taken a backup.
    assert "rhythm_clock_age_seconds" not in found
    assert found["rhythm_clock_silent"] == 1


def test_a_database_that_is_gone_is_a_figure_too():
    code = (
        "import django; django.setup(); from django.test import Client;"
        f"headers = {{'host': 'localhost', 'authorization': 'Bearer {TOKEN}'}};"
        "print(Client(headers=headers).get('/metrics').text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=processes.environment(
            DATABASE_URL="postgresql://me@127.0.0.1:1/none", RHYTHM_METRICS_TOKEN=TOKEN
        ),
        capture_output=True,
        text=True,
        check=True,
    )

    lines = done.stdout.splitlines()
    assert "rhythm_database_up 0.0" in lines
    assert "rhythm_broker_up 1.0" in lines


def test_nobody_is_named(token, rita):
    NoticeFactory(recipient=rita, state="failed", error="550 no such rita@example.com")
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert "rita" not in answer.text.lower()
