"""What holds for every request of a signed-in person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from rhythm.people.models import User
from rhythm.people.services import devices
from rhythm.web.http import go


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
        devices.note_seen(request, now=timezone.now())
        with timezone.override(ZoneInfo(user.time_zone)):
            response = self.get_response(request)
        patch_cache_control(response, private=True, no_store=True)
        if not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache"'
        return response


# Where one may go before there is a second factor: to set it up, or away.
WITHOUT_FACTOR = (
    "account_logout",
    "account_reauthenticate",
    "account_set_password",
    "people:theme",
)


class SecondFactorMiddleware:
    """Leads whoever owes a second factor to the page where it is set up.

    Nobody is locked out: the next click leads there, whatever it was for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not (isinstance(user, User) and user.owes_second_factor):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in WITHOUT_FACTOR or name.startswith("mfa_"):
            return None
        return go(request, "mfa_index")
