"""What a person sees when a page is refused, not there, or failed.

A whole page says so. To htmx the page stays as it is, with what was typed, and a
toast says so. Pages for 500 and 503 need nothing: no database, no context.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import reswap, trigger_client_event

from rhythm.web.htmx import wants_part


def _answer(
    request: HttpRequest, status: int, template: str, text: str
) -> HttpResponse:
    # The htmx middleware may not have run when an earlier one refused.
    if hasattr(request, "htmx") and wants_part(request):
        response = HttpResponse(status=status)
        toast = {"text": text, "level": "error", "undo": ""}
        trigger_client_event(response, "toasts", {"toasts": [toast]})
        return reswap(response, "none")
    return render(request, template, {"layout": "base_public.html"}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return _answer(
        request, 400, "400.html", _("The server could not read that request.")
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return _answer(request, 403, "403.html", _("You can see this, but not change it."))


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
