"""What holds for every request of a signed-in person: zone, and no traces."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from rhythm.people.models import User


class PersonMiddleware:
    """Shows instants in the zone of the person who asks.

    What a signed-in person saw is not kept by the browser: after signing out, the
    Back button shows nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        with timezone.override(ZoneInfo(user.time_zone)):
            response = self.get_response(request)
        patch_cache_control(response, private=True, no_store=True)
        if not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache"'
        return response
