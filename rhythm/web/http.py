"""Answers that several apps give."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import trigger_client_event


def safe_next(request: HttpRequest, default: str) -> str:
    """Return the page that the form names in `next`, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else default


def close_sheet[R: HttpResponse](response: R) -> R:
    """Tell the page to close its sheet dialog when this answer arrives."""
    trigger_client_event(response, "sheet:close", {})
    return response
