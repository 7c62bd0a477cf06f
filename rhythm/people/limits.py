"""Limits on how often something is asked for, counted in the database's cache."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def is_allowed(request: HttpRequest, action: str) -> bool:
    """Count this request, and return if settings.RATE_LIMITS[action] lets it pass."""
    # The same counters as those of sign-in, which know the proxies in front.
    usage = ratelimit.consume(
        request,
        app="rhythm.people",
        action=action,
        config=settings.RATE_LIMITS,
        limit_get=True,
    )
    return usage is not None


def limited[**P](
    action: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """Answer 429 to whoever asks more often than settings.RATE_LIMITS[action] says."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            if not is_allowed(request, action):
                return render(request, "429.html", status=429)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
