"""A broker whose memory is full refuses hints: pages cost no more, rows stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from celery import Celery, current_app
from django.utils import timezone

from rhythm.host.folders import Folders
from rhythm.host.valkey import Valkey
from rhythm.notices.models import Notice, NoticeState
from rhythm.notices.services import Draft, post

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def full(tmp_path: Path) -> Iterator[redis.Redis]:
    """A broker of our own that has no memory left."""
    folders = Folders(tmp_path)
    folders.make()
    server = Valkey(folders)
    server.start()
    client = redis.Redis(unix_socket_path=str(server.socket))
    client.config_set("maxmemory", "1")
    before = current_app._get_current_object()
    app = Celery(broker=server.url.replace("unix://", "redis+socket://", 1))
    app.set_current()
    yield client
    app.close()
    before.set_current()
    client.close()
    server.stop()


def test_a_full_broker_costs_a_page_nothing_and_loses_no_work(
    full, rita, settings, caplog
):
    settings.HAS_MAIL_SERVER = True

    post([Draft("test.note", "k", rita, "Hello", "Hello.")], now=timezone.now())

    # One try, which is refused at once; each further one would be one more.
    assert full.info("errorstats")["errorstat_OOM"] == {"count": 1}
    assert caplog.text.count("No worker was hinted") == 1
    # The next tick finds it.
    waiting = Notice.objects.due(timezone.now()).get()
    assert waiting.state == NoticeState.QUEUED
    # It throws nothing away to make room: what waits there, waits.
    assert full.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
