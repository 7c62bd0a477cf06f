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
    best: float
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
    [found] = figures([ask], rounds=rounds, seconds=seconds)
    return found


def figures(asks: list[Ask], *, rounds: int, seconds: float) -> list[Figure]:
    """Ask each in turn, so that other work on the machine slows all of them alike."""
    seen = [_seen(ask) for ask in asks]
    times: list[list[float]] = [[] for _ in asks]
    until = time.monotonic() + seconds
    while len(times[0]) < rounds and (len(times[0]) < 5 or time.monotonic() < until):
        for ask, mine in zip(asks, times, strict=True):
            begun = time.perf_counter()
            ask()
            mine.append((time.perf_counter() - begun) * 1000)
    return [
        Figure(
            status=answer.status_code,
            queries=queries,
            size=len(answer.content),
            packed=len(gzip.compress(answer.content, 6)),
            best=min(mine),
            p50=statistics.median(mine),
            p95=statistics.quantiles(mine, n=20)[-1],
        )
        for (answer, queries), mine in zip(seen, times, strict=True)
    ]


def _seen(ask: Ask) -> tuple[Any, int]:
    """Warm up; return an answer, and how many queries it took."""
    for _ in range(WARM_UP):
        ask()
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    # The check of the connection is not the page's.
    asked = sum(each["sql"] != "SELECT 1" for each in queries.captured_queries)
    return answer, asked
