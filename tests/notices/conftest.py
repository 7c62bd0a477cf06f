"""Chat channels that lead to web servers which really listen."""

from __future__ import annotations

from typing import Any

import pytest

from rhythm.environment import NamedHost
from rhythm.notices.models import Channel
from tests import sinks
from tests.factories.channels import ChannelFactory


@pytest.fixture
def serve(settings):
    """Return a function that starts a server and makes a channel that leads there."""
    opened: list[sinks.Sink] = []

    def start(answers: Any = sinks.OK, **values: Any) -> tuple[sinks.Sink, Channel]:
        server = sinks.Sink(answers)
        opened.append(server)
        settings.WEBHOOK_HOSTS = tuple(
            NamedHost("localhost", each.port) for each in opened
        )
        return server, ChannelFactory(url=server.url, **values)

    yield start
    for each in opened:
        each.stop()
