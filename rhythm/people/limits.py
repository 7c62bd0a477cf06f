"""Limits on how often something is asked for, counted in the database's cache."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def is_allowed(request: HttpRequest, action: str, *, key: str | None = None) -> bool:
    """Count this request, and return if settings.RATE_LIMITS[action] lets it pass.

    key is whose requests are counted together, where that is neither an address of
    the network nor who is signed in.
    """
    # The same counters as those of sign-in, which know the proxies in front.
    usage = ratelimit.consume(
        request,
        app="rhythm.people",
        action=action,
        config=settings.RATE_LIMITS,
        key=key,
        limit_get=True,
    )
    return usage is not None


def too_many(request: HttpRequest, action: str) -> HttpResponse:
    """Answer 429, and say after how long asking again is sure to be let pass."""
    rates = ratelimit.parse_rates(settings.RATE_LIMITS[action])
    seconds = max(math.ceil(each.duration) for each in rates)
    answer = render(request, "429.html", status=429)
    answer["Retry-After"] = str(seconds)
    return answer


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
                return too_many(request, action)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
