"""What a person sees when a page is refused, not there, or failed.

A whole page says so. To htmx the page stays as it is, with what was typed, and a
toast says so. Pages for 500 and 503 need nothing: no database, no context.
"""

from __future__ import annotations

import sys

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django_htmx.http import reswap, trigger_client_event

from rhythm.web.htmx import wants_part

# Classes of SQLSTATE: the server goes away or comes up, takes no more, loses a line.
GONE = ("57P", "53", "08")
RETRY_SECONDS = "5"


def _answer(
    request: HttpRequest, status: int, template: str, text: str
) -> HttpResponse:
    # The htmx middleware may not have run when an earlier one refused.
    if hasattr(request, "htmx") and wants_part(request):
        response = HttpResponse(status=status)
        toast = {"text": text, "level": "error", "undo": ""}
        trigger_client_event(response, "toasts", {"toasts": [toast]})
        return reswap(response, "none")
    return render(request, template, {"reason": text}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return _answer(
        request, 400, "400.html", _("The server could not read that request.")
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403, with the reason if whoever refused gave one."""
    text = str(exception) or _("You can see this, but not change it.")
    return _answer(request, 403, "403.html", text)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: not there, or not yours to see; we do not say which."""
    return _answer(
        request, 404, "404.html", _("This is not there any more, or not yours to see.")
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form whose page is older than the sign-in."""
    return _answer(
        request,
        403,
        "403_csrf.html",
        _("This page is out of date. Copy what you wrote, reload, and try again."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 if the database is gone for now, and 500 if the fault is ours.

    Both pages need nothing, so that they can be shown when nothing works.
    """
    if is_database_gone(sys.exc_info()[1]):
        response = HttpResponse(get_template("503.html").render(), status=503)
        response["Retry-After"] = RETRY_SECONDS
        return response
    return HttpResponse(get_template("500.html").render(), status=500)


def is_database_gone(error: BaseException | None) -> bool:
    """Return True if `error` says that the database cannot be reached just now.

    A statement that took too long is an OperationalError too, but then it is there.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    return state is None or state.startswith(GONE)
