"""Devices on which a person is signed in."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from rhythm.people.models import AuditKind, User
from rhythm.people.services import audit

# When the person was last seen there, in seconds since 1970, to the quarter of an hour.
SEEN = "people.seen_at"
SEEN_EVERY = timedelta(minutes=15)


def remember(request: HttpRequest, *, now: datetime) -> None:
    """Keep the device that just signed in, for the person's list."""
    request.session[SEEN] = int(now.timestamp())
    UserSession.objects.create_from_request(request)


def note_seen(request: HttpRequest, *, now: datetime) -> None:
    """Keep that the device is in use. Costs nothing but four times an hour."""
    seen = request.session.get(SEEN)
    if seen is None or now.timestamp() - seen < SEEN_EVERY.total_seconds():
        return
    request.session[SEEN] = int(now.timestamp())
    here = UserSession.objects.filter(session_key=request.session.session_key)
    here.update(last_seen_at=now)


@transaction.atomic
def end_devices(
    person: User, *, by: User, keep: str | None = None, only: int | None = None
) -> int:
    """Sign the person out elsewhere and return on how many devices.

    keep is the key of the session that stays; only names one device by its id.
    """
    found = UserSession.objects.filter(user=person)
    if keep:
        found = found.exclude(session_key=keep)
    if only is not None:
        found = found.filter(pk=only)
    ended = _end([each.session_key for each in found])
    if ended:
        text = f"{ended}"
        audit.record(AuditKind.DEVICES_ENDED, by=by, about=person, text=text)
    return ended


def end_all(person: User) -> None:
    """Sign the person out everywhere. Call it in the transaction of what causes it."""
    of_person = UserSession.objects.filter(user=person)
    _end(list(of_person.values_list("session_key", flat=True)))


def _end(keys: list[str]) -> int:
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)
