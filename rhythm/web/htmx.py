"""Answers to htmx and to browsers without it, from one template."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """A request that came through the htmx middleware."""

    htmx: HtmxDetails


def htmx_of(request: HttpRequest) -> HtmxDetails:
    """Return what htmx said of the request. False in an `if` where it did not ask."""
    return cast("Request", request).htmx


def wants_part(request: HttpRequest) -> bool:
    """Return True if htmx will swap the answer into a page that is already open.

    A boosted link and a Back button both come from htmx, but need the whole page.
    """
    htmx = htmx_of(request)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_part(
    request: HttpRequest,
    template: str,
    part: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or only the {% partialdef %} named `part` if htmx asked.

    The part's name always comes from our code, never from the request: a browser
    that could choose it could ask for a part the page would have hidden.
    """
    name = f"{template}#{part}" if wants_part(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
