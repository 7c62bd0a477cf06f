"""A person's own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext as _

from rhythm.people.models import User
from rhythm.web.formats import day_clock

MOST_DEVICES = 30
# What stands in a browser's name of itself, the more special first.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
HANDHELD = ("iPhone", "iPad", "Android")


@dataclass(frozen=True)
class Device:
    """A browser in which the person is signed in."""

    pk: int
    icon: str
    name: str
    ip: str
    since: str
    seen: str
    is_this: bool


def devices(person: User, *, here: str | None, now: datetime) -> list[Device]:
    """Return where the person is signed in, this browser first.

    here is the key of the session that asks. Costs one query.
    """
    alive = Session.objects.filter(expire_date__gt=now).values("session_key")
    held = UserSession.objects.filter(user=person, session_key__in=alive)
    found = list(held.order_by("-last_seen_at")[:MOST_DEVICES])
    found.sort(key=lambda each: each.session_key != here)
    today = person.today(now)
    return [_device(each, here, today) for each in found]


def _device(held: UserSession, here: str | None, today: date) -> Device:
    system = _named(held.user_agent, SYSTEMS)
    browser = _named(held.user_agent, BROWSERS) or _("A browser")
    name = _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return Device(
        pk=held.pk,
        icon="phone" if system in HANDHELD else "display",
        name=name if system else browser,
        ip=str(held.ip),
        since=day_clock(timezone.localtime(held.created_at), today),
        seen=day_clock(timezone.localtime(held.last_seen_at), today),
        is_this=held.session_key == here,
    )


def _named(text: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in known if sign in text), "")
