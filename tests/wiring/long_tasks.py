"""The worker of the product, with a task that keeps its hands full."""

from __future__ import annotations

import time

from rhythm.celery import app

__all__ = ["app", "rest"]


@app.task
def rest(seconds: float) -> None:
    """Do nothing for so long."""
    time.sleep(seconds)
