"""Addresses and secrets of channels: locked where they lie, masked where they show."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from rhythm.notices.targets import Refused, literal, parse, refusal
from rhythm.web.boxes import InvalidToken, box

PURPOSE = b"rhythm.notices.channels"
# Known to scanners of leaked secrets by how it begins.
PREFIX = "rhythm_whs_"


class Unreadable(Exception):
    """It was locked by a key that is gone."""


def lock(text: str) -> str:
    return box(PURPOSE).encrypt(text.encode()).decode()


def unlock(locked: str) -> str:
    """Return what was locked. Raises Unreadable."""
    try:
        return box(PURPOSE).decrypt(locked.encode()).decode()
    except InvalidToken as error:
        text = _("It was locked by a SECRET_KEY that is gone. Enter it again.")
        raise Unreadable(text) from error


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def masked(url: str) -> str:
    """Return enough of an address to know it again, and not enough to write there."""
    rest = url.partition("://")[2].partition("/")[2]
    tail = rest[-4:] if len(rest) > 16 else ""
    return f"{urlsplit(url).netloc[:200]}/…{tail}"


def check_address(url: str) -> None:
    """Raise targets.Refused, in words, if nothing would be sent to the address."""
    target = parse(url, named=settings.WEBHOOK_HOSTS, own_host=own_host())
    why = refusal(target.host, is_named=target.is_named) if literal(target.host) else ""
    if why:
        raise Refused(_("The host's address: %(why)s") % {"why": why})


def own_host() -> str:
    return urlsplit(settings.APP_BASE_URL).hostname or ""
