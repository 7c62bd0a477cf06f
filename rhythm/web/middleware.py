"""Sign-in is the default, also for requests that htmx makes; what is typed is text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import middleware as auth
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from rhythm.web.htmx import htmx_of
from rhythm.web.plain_text import TURNS


class PlainTextMiddleware:
    """Takes out of every form what turns the direction of text. Passwords stay.

    They come along unseen with names and numbers that are pasted from other programs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_args: object
    ) -> None:
        """Put a plain form in its place. What programs send as it is stays unread."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return
        sent = request.POST
        if not any(TURNS.search(each) for _, all_ in sent.lists() for each in all_):
            return
        plain = sent.copy()
        for name, texts in sent.lists():
            if "password" not in name:
                plain.setlist(name, [TURNS.sub("", each) for each in texts])
        request.POST = plain  # type: ignore[assignment]


class LoginRequiredMiddleware(auth.LoginRequiredMiddleware):
    """Sends the signed-out to the sign-in page; htmx is told to leave its page.

    htmx would follow a 302 and swap the sign-in page into the one it stands on.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        response = super().handle_no_permission(request, view_func)
        if htmx_of(request):
            return HttpResponseClientRedirect(response["Location"])
        return response
