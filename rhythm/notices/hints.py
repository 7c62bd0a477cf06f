"""Hints to workers: the only place that talks to the broker on behalf of a page.

Rows are the queue. A hint only makes a worker look now and not at the next tick;
losing it costs seconds, never work.
"""

from __future__ import annotations

import logging
from typing import Any

from celery import Signature, Task, current_app
from django.db import transaction

# A page never waits longer than this for a broker that is gone.
PATIENCE_SECONDS = 0.5

log = logging.getLogger(__name__)


def hint(task: Task | Signature, *args: Any) -> None:
    """Have a worker run `task` with `args` soon after the current change is committed.

    args are ids. If the change is rolled back, or the broker is gone, nothing happens.
    """
    transaction.on_commit(lambda: _send(task, args), robust=True)


def _send(task: Task | Signature, args: tuple[Any, ...]) -> None:
    # A connection of its own: those of the pool try again and again, for minutes.
    options = {
        "max_retries": 0,
        "socket_timeout": PATIENCE_SECONDS,
        "socket_connect_timeout": PATIENCE_SECONDS,
    }
    try:
        with current_app.connection_for_write(transport_options=options) as connection:
            sending: dict[str, Any] = {"connection": connection, "retry": False}
            task.apply_async(args=args, **sending)
    except Exception as error:  # the broker's own, the socket's, the transport's
        log.warning("No worker was hinted at %s: %s", task.name, error)
