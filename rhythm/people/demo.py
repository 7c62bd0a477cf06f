"""The door of the demo: one click signs in as one of the cast. Elsewhere it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from rhythm.people.models import Organisation, Team, User

# Who may be played, in this order. The demo organisation has people of these e-mails.
DEMO_CAST = (
    "rita@demo.example",
    "lena@demo.example",
    "vera@demo.example",
    "max@demo.example",
    "ada@demo.example",
)


@dataclass(frozen=True)
class Seat:
    """One of the cast, as the sign-in page offers it."""

    pk: int
    name: str
    role: str
    url: str


def is_open() -> bool:
    """Return whether the door exists: in a demo, and nowhere else."""
    return settings.DEMO and Organisation.current().is_demo


def cast() -> list[Seat]:
    """Return the seats that one may take; none outside a demo."""
    if not is_open():
        return []
    people = sorted(
        User.objects.active().filter(email__in=DEMO_CAST),
        key=lambda person: DEMO_CAST.index(person.email or ""),
    )
    leaders = set(
        Team.objects.filter(manager__in=people).values_list("manager_id", flat=True)
    )
    url = reverse("people:demo_sign_in")
    return [
        Seat(each.pk, each.name, _role(each, is_leader=each.pk in leaders), url)
        for each in people
    ]


def door(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `demo_cast`, read only by the page that shows it."""
    if not settings.DEMO:
        return {}
    offer: Callable[[], list[Seat]] = cache(cast)
    return {"demo_cast": offer, "demo_door_url": reverse("people:demo_sign_in")}


def _role(person: User, *, is_leader: bool) -> str:
    if person.is_executive:
        return _("Executive")
    if person.is_admin:
        return _("Admin")
    return _("Manager") if is_leader else _("Rep")
