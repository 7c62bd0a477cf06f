"""Chat channels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from rhythm.notices import services
from rhythm.notices.models import ChannelKind, Notice, NoticeState
from tests.browser.cases import PageCase
from tests.factories.channels import ChannelFactory


def some(get: Callable[[str], Any]) -> list[Any]:
    """Make a channel that is on, one that is silent, one that is off. Returns none."""
    ada, lena, central = get("ada"), get("lena"), get("central")
    soon = timezone.now() + timedelta(minutes=5)
    ChannelFactory(name="#central", team=central, made_by=lena)
    ChannelFactory(name="#silent", made_by=ada, failures=3, paused_until=soon)
    ChannelFactory(
        name="#" + "W" * 79, made_by=ada, is_active=False, off_reason="404 " + "x" * 120
    )
    return []


def one(get: Callable[[str], Any]) -> list[Any]:
    """Return a channel that a program reads, with something posted there."""
    lena = get("lena")
    channel = ChannelFactory(
        name="Data desk", kind=ChannelKind.JSON, team=get("central"), made_by=lena
    )
    for number in range(3):
        services.send_test(channel, key=f"t:{number}", by=lena, now=timezone.now())
    first = Notice.objects.filter(channel=channel).order_by("pk")[:1]
    Notice.objects.filter(pk__in=first.values("pk")).update(
        state=NoticeState.FAILED, error="500 bang"
    )
    return [channel.pk]


PAGES = [
    PageCase("notices:channel_list", "ada"),
    PageCase("notices:channel_list", "ada", some),
    PageCase("notices:channel_create", "ada"),
    PageCase("notices:channel_create", "lena", some),
    PageCase("notices:channel_detail", "lena", one),
    PageCase("notices:channel_edit", "lena", one),
]
