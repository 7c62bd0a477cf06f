"""Short news about what just happened, with Undo where there is one.

They are Django messages. A whole page shows them itself; an answer to htmx carries
them in a header (`ToastMiddleware`), so views need not know who asked.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.http import trigger_client_event

from rhythm.web.htmx import wants_part

UNDO = "undo:"
LEVELS = {"success": messages.SUCCESS, "warning": messages.WARNING}
LEVELS |= {"error": messages.ERROR, "info": messages.INFO}
# Answers after which the browser loads another page, which shows the messages.
LEAVING = ("HX-Redirect", "HX-Refresh", "HX-Location")


def toast(
    request: HttpRequest, text: str, *, undo: str = "", level: str = "success"
) -> None:
    """Tell the person `text` on this or the next page.

    undo is an address that takes a POST and puts things back as they were.
    """
    tags = f"{UNDO}{undo}" if undo else ""
    messages.add_message(request, LEVELS[level], text, extra_tags=tags)


def undo_of(message: Message) -> str:
    """Return the address that undoes what the message tells, or ""."""
    tags = message.extra_tags or ""
    return tags.removeprefix(UNDO) if tags.startswith(UNDO) else ""


def level_of(message: Message) -> str:
    """Return success, warning, error or info."""
    named = {number: name for name, number in LEVELS.items()}
    return named.get(message.level, "info")


class ToastMiddleware:
    """Sends waiting messages along with answers that htmx swaps into an open page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if (
            wants_part(request)
            and not 300 <= response.status_code < 400
            and not any(name in response.headers for name in LEAVING)
        ):
            waiting = [
                {
                    "text": str(each),
                    "level": level_of(each),
                    "undo": undo_of(each),
                }
                for each in messages.get_messages(request)
            ]
            if waiting:
                trigger_client_event(response, "toasts", {"toasts": waiting})
        return response
