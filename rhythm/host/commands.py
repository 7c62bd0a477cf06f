"""The commands that run the product, for `bin/up` and `docker-compose.yml` alike."""

from __future__ import annotations

import signal
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One of the processes that run for as long as the product does."""

    name: str
    command: tuple[str, ...]
    # The signal that ends it cleanly, and how many seconds that may take.
    ends_by: signal.Signals = signal.SIGTERM
    patience: float = 15


PREPARE = ("python", "manage.py", "prepare_database")
COLLECT = ("python", "manage.py", "collectstatic", "--no-input", "--clear")
SEED = ("python", "manage.py", "seed_demo")
FIRST_ADMIN = ("python", "manage.py", "first_admin_link")

# Address, port and numbers of processes and threads come from GRANIAN_*.
WEB = Part(
    "web",
    (
        "granian",
        "--interface=wsgi",
        "--no-ws",
        "--respawn-failed-workers",
        "--workers-kill-timeout=10",
        "rhythm.wsgi:application",
    ),
)
# SIGQUIT lets running tasks end for half a minute, and gives back those that do not;
# SIGTERM would wait for as long as they take.
WORKER = Part(
    "worker",
    (
        "celery",
        "--app=rhythm.celery",
        "worker",
        "--loglevel=info",
        "--concurrency=2",
        "--without-gossip",
        "--without-mingle",
    ),
    ends_by=signal.SIGQUIT,
    patience=40,
)
BEAT = Part("beat", ("celery", "--app=rhythm.celery", "beat", "--loglevel=info"))

PARTS = (WEB, WORKER, BEAT)
