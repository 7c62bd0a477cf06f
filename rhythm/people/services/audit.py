"""Writing the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

from rhythm.people.models import User
from rhythm.people.models.audit import AuditEntry, AuditKind


def record(
    kind: AuditKind,
    *,
    by: User | None,
    about: User | None = None,
    subject: str = "",
    text: str = "",
    ip: str | None = None,
) -> None:
    """Write down what was done. Call it in the transaction that does it.

    by None means the server itself, or somebody unknown. about is whose account it
    concerns, subject the name of anything else, text what changed. Names, flags and
    counts only: never what people wrote to each other.
    """
    AuditEntry.objects.create(
        kind=kind,
        by=by,
        about=about,
        subject=subject[:250],
        text=text[:1000],
        ip=ip or None,
    )


def values_of(record: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """Return the fields as they are now, to be compared with `changes` later."""
    return {name: getattr(record, name) for name in names}


def changes(record: models.Model, before: dict[str, Any]) -> str:
    """Return what differs from `before` in words: "admin: no → yes; name: A → B"."""
    told = []
    for name, old in before.items():
        new = getattr(record, name)
        if new != old:
            field = record._meta.get_field(name)
            label = getattr(field, "verbose_name", name)
            told.append(f"{label}: {_shown(old)} → {_shown(new)}")
    return "; ".join(told)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value) if value not in (None, "") else "–"


def ip_of(request: HttpRequest) -> str | None:
    """Return the address that a request came from, as sign-in knows it."""
    return get_adapter().get_client_ip(request) or None


def record_sign_in(request: HttpRequest, person: User, *, how: str) -> None:
    """Write down that the person came in by `request`."""
    record(AuditKind.SIGN_IN, by=person, about=person, text=how, ip=ip_of(request))


def how_signed_in(request: HttpRequest, person: User) -> str:
    """Return the steps of allauth's sign-in that just ended: "password, totp"."""
    steps = get_authentication_records(request, person)
    return ", ".join(str(each.get("type") or each["method"]) for each in steps)
