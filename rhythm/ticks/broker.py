"""What the broker says of itself. Nobody waits long for it: it may be gone."""

from __future__ import annotations

from dataclasses import dataclass

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE_SECONDS = 0.5
# As Celery and its transport name them.
QUEUE, TAKEN = "celery", "unacked"


@dataclass(frozen=True)
class Queue:
    """How many hints wait for a worker, and how many one has taken."""

    waiting: int
    taken: int


def answers() -> bool:
    """Return whether the broker answers within half a second."""
    try:
        with _client() as client:
            client.ping()
    except (redis.RedisError, OSError):
        return False
    return True


def queue() -> Queue | None:
    """Return what is in the queue; None if the broker does not answer."""
    try:
        with _client() as client, client.pipeline(transaction=False) as asked:
            asked.llen(QUEUE)
            asked.hlen(TAKEN)
            waiting, taken = asked.execute()
    except (redis.RedisError, OSError):
        return None
    return Queue(waiting, taken)


def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        # By itself it would try again, and wait in between.
        retry=Retry(NoBackoff(), 0),
    )
