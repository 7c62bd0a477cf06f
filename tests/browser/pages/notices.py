"""The inbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from rhythm.notices import services
from rhythm.notices.kinds import KINDS
from rhythm.notices.models import Notice
from rhythm.notices.services import Draft
from rhythm.notices.unsubscribing import token_of
from tests.browser.cases import PageCase


def told(get: Callable[[str], Any]) -> list[Any]:
    """Tell Rita something of every kind, some read, put off or done. Returns none."""
    rita, now = get("rita"), timezone.now()
    drafts = [
        Draft(
            each.key,
            f"{each.key}:{n}",
            rita,
            f"{each.label} " + ("W" * 120 if n == 3 else ""),
            "What was said.\n\nhttps://example.com",
            url="/commitments/",
        )
        for n, each in enumerate(KINDS)
    ]
    services.post(drafts, now=now - timedelta(hours=3))
    mine = list(Notice.objects.in_inbox_of(rita).order_by("pk"))
    services.read(mine[0], now=now)
    services.finish(mine[1], now=now)
    services.snooze(mine[2], until=now + timedelta(days=2), now=now)
    return []


def one(get: Callable[[str], Any]) -> list[Any]:
    told(get)
    return [Notice.objects.order_by("pk")[4].pk]


def way_out(get: Callable[[str], Any]) -> list[Any]:
    return [token_of(get("rita").pk, KINDS[0])]


PAGES = [
    PageCase("notices:inbox", "rita"),
    PageCase("notices:inbox", "rita", told),
    PageCase("notices:inbox", "rita", told, query="?show=snoozed"),
    PageCase("notices:inbox", "rita", told, query="?show=done"),
    PageCase("notices:inbox_item", "rita", one),
    PageCase("notices:preferences", "rita"),
    PageCase("notices:unsubscribe", "", way_out),
]
