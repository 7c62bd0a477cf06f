"""Sign-in is the default, also for requests that htmx makes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import middleware as auth
from django.http import HttpRequest
from django_htmx.http import HttpResponseClientRedirect

from rhythm.web.htmx import htmx_of


class LoginRequiredMiddleware(auth.LoginRequiredMiddleware):
    """Sends the signed-out to the sign-in page; htmx is told to leave its page.

    htmx would follow a 302 and swap the sign-in page into the one it stands on.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        response = super().handle_no_permission(request, view_func)
        if htmx_of(request):
            return HttpResponseClientRedirect(response["Location"])
        return response
