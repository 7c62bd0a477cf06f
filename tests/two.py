"""Two at the same moment: one has changed something, the other waits for its lock."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier, Event

from django.db import connection, transaction

# Far more than any machine needs: only what never comes takes so long.
LONGEST = 120


def while_waiting[T](
    first: Callable[[], object],
    second: Callable[[], T],
    meanwhile: Callable[[], object] | None = None,
) -> T:
    """Do `first`, and commit it only when `second` waits for its lock.

    Return what `second` returned. Both are on connections of their own. meanwhile is
    done by the first one while the second waits.
    """
    is_done, pid = Event(), list[int]()

    def wait_for(act: Callable[[], T]) -> T:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pid.append(cursor.fetchone()[0])
            assert is_done.wait(LONGEST)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(wait_for, second)
        with transaction.atomic():
            first()
            is_done.set()
            until = time.monotonic() + LONGEST
            while not (pid and _waits(pid[0])) and not later.done():
                assert time.monotonic() < until, "the second one never came"
                wait([later], timeout=0.01)
            if meanwhile is not None:
                meanwhile()
        return later.result(LONGEST)


def _waits(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid])
        return bool(cursor.fetchone()[0])


def all_at_once[T](*acts: Callable[[], T]) -> list[T]:
    """Do all of `acts` at the same moment, each on a connection of its own."""
    ready = Barrier(len(acts))

    def do(act: Callable[[], T]) -> T:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            ready.wait(LONGEST)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [each.result(LONGEST) for each in [pool.submit(do, a) for a in acts]]
