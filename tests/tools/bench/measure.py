"""How long an answer takes, how much it weighs, and how often it asks the database."""

from __future__ import annotations

import gzip
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

WARM_UP = 3


@dataclass(frozen=True)
class Figure:
    """What was measured of one address. Times in milliseconds."""

    status: int
    queries: int
    size: int
    packed: int
    p50: float
    p95: float


type Ask = Callable[[], Any]


def asking(client: Client, path: str, *, is_part: bool = False) -> Ask:
    headers = {"HX-Request": "true"} if is_part else {}
    return lambda: client.get(path, headers=headers)


def figure(ask: Ask, *, rounds: int, seconds: float) -> Figure:
    """Ask one by one until `rounds` or `seconds` are over; the first few do not count.

    The client, the handler and all middleware are part of it; the network is not.
    """
    for _ in range(WARM_UP):
        answer = ask()
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    times: list[float] = []
    until = time.monotonic() + seconds
    while len(times) < rounds and (len(times) < 5 or time.monotonic() < until):
        begun = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - begun) * 1000)
    body = b"" if answer.streaming else answer.content
    return Figure(
        status=answer.status_code,
        # The check of the connection is not the page's.
        queries=sum(each["sql"] != "SELECT 1" for each in queries.captured_queries),
        size=len(body),
        packed=len(gzip.compress(body, 6)),
        p50=statistics.median(times),
        p95=statistics.quantiles(times, n=20)[-1],
    )
