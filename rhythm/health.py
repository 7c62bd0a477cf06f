"""Whether this process answers, and whether it can do its work: for whoever watches.

The words say what is wrong, and never where anything is or which version it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rhythm.ticks import broker
from rhythm.ticks.selectors import beat

OK, SILENT, UNKNOWN = "ok", "does not answer", "cannot be known"
WEB, WORKER = "web", "worker"
PATIENCE_MILLISECONDS = 500


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 without asking the database: its absence is no reason to restart."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 if all that is needed is there, else 503; a line says how each is.

    `?for=web` asks for what pages need: the broker may be gone. `?for=worker` asks for
    what happens by the clock, and that is everything, as without.
    """
    asker = request.GET.get("for", WORKER)
    if asker not in (WEB, WORKER):
        return _plain({"for": f"is {WEB} or {WORKER}"}, 400)
    found = checks(asker)
    is_ready = all(said == OK for said in found.values())
    return _plain(found, 200 if is_ready else 503)


def checks(asker: str) -> dict[str, str]:
    """Return OK, or what is wrong, for everything that the asker needs."""
    found = {"database": _database()}
    if asker == WORKER:
        found["broker"] = OK if broker.answers() else SILENT
        found["clock"] = _clock() if found["database"] == OK else UNKNOWN
    return found


def _database() -> str:
    """Return whether it answers. One that cannot be reached takes 3 s to say so."""
    try:
        with _patient():
            pass
    except Error:
        return SILENT
    return OK


def _clock() -> str:
    try:
        with _patient():
            last = beat()
    except Error:
        return UNKNOWN
    if last.age is None:
        return "has never ticked"
    return f"silent for {last.age.total_seconds():.0f} s" if last.is_silent else OK


@contextmanager
def _patient() -> Iterator[None]:
    """Have statements in the block broken off after half a second."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE_MILLISECONDS}")
        yield


def _plain(lines: dict[str, str], status: int) -> HttpResponse:
    text = "".join(f"{name}: {said}\n" for name, said in lines.items())
    return HttpResponse(text, status=status, content_type="text/plain")
