"""Which worker has an import. Leases are by the database's clock, never a worker's.

Each claim has a number, and only the holder of the latest one writes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from pipeline.imports.models import (
    MAXIMUM_ATTEMPTS,
    TAKEN_UP,
    WORKING,
    ImportRun,
    ImportState,
)

LEASE = timedelta(seconds=settings.IMPORT_LEASE_SECONDS)
# One statement about all rows of a file may take longer than a chunk.
LONG_LEASE = 8 * LEASE


class Stopped(Exception):
    """The import is not ours any more: cancelled, or claimed by another worker."""


def claim(pk: int) -> ImportRun | None:
    """Take up an import that waits or whose worker is lost. None if there is nothing.

    After MAXIMUM_ATTEMPTS without progress it fails instead. An import waits while
    another one of the same source is running.
    """
    run = ImportRun.objects.claimable().filter(pk=pk).first()
    if run is None:
        return None
    if run.attempts >= MAXIMUM_ATTEMPTS:
        end(
            run,
            ImportState.FAILED,
            run.error or _("The worker stopped again and again."),
        )
        return None
    state = TAKEN_UP.get(ImportState(run.state), run.state)
    try:
        with transaction.atomic():
            taken = (
                ImportRun.objects.claimable()
                .filter(pk=pk, claim=run.claim)
                .update(
                    state=state,
                    claim=F("claim") + 1,
                    attempts=F("attempts") + 1,
                    claimed_until=Now() + LEASE,
                )
            )
    except IntegrityError:
        # one_running_import_per_source: it stays queued, the next tick tries again.
        return None
    return ImportRun.objects.get(pk=pk) if taken else None


def hold(run: ImportRun, lease: timedelta, **values: Any) -> None:
    """Write to the import and extend the claim. Raises Stopped if it is not ours."""
    ours = ImportRun.objects.filter(pk=run.pk, claim=run.claim, state=run.state)
    if not ours.update(claimed_until=Now() + lease, **values):
        raise Stopped


def end(run: ImportRun, state: ImportState, error: str = "") -> None:
    """Bring the import to a state without a worker. Nothing if it is not ours."""
    ours = ImportRun.objects.filter(pk=run.pk, claim=run.claim, state=run.state)
    ours.update(
        state=state,
        error=error[:1000],
        claimed_until=None,
        finished_at=Now(),
        attempts=0,
    )


def let_go(run: ImportRun) -> None:
    """Let the next worker go on, at once and without counting as an attempt."""
    ours = ImportRun.objects.filter(pk=run.pk, claim=run.claim, state__in=WORKING)
    ours.update(claimed_until=Now() - timedelta(seconds=1), attempts=0)


def give_back(run: ImportRun, error: Exception) -> None:
    """Keep why it failed, and let another worker try."""
    ours = ImportRun.objects.filter(pk=run.pk, claim=run.claim, state__in=WORKING)
    ours.update(
        claimed_until=Now() - timedelta(seconds=1),
        error=f"{type(error).__name__}: {first_line(error) if str(error) else ''}"[
            :1000
        ],
    )


def first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200]
