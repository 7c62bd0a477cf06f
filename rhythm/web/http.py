"""Answers that several apps give."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from rhythm.web.htmx import wants_part


def safe_next(request: HttpRequest, default: str) -> str:
    """Return the page that the form names in `next`, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if is_own_path(wanted) else default


def is_own_path(url: str) -> bool:
    """Return whether `url` is a path of ours. Whole addresses and words never are.

    `redirect` takes a word for the name of a view, and fails when there is none.
    """
    return (
        url.startswith("/")
        and url.isprintable()
        and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    )


def go(request: HttpRequest, to: Any, *args: Any) -> HttpResponse:
    """Send the browser to another page, also from a form that htmx sent.

    to and args are what Django's `redirect` takes.
    """
    response = redirect(to, *args)
    if wants_part(request):
        return HttpResponseClientRedirect(response["Location"])
    return response


def close_sheet[R: HttpResponse](response: R) -> R:
    """Tell the page to close its sheet dialog when this answer arrives."""
    trigger_client_event(response, "sheet:close", {})
    return response
