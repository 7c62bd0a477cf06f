"""Addresses of pages in apps to the right: a link may go anywhere, by name."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse


def url_or_none(name: str, *args: Any) -> str:
    """Return the page's address, or "" when there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
