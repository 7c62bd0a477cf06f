"""One-time links: for a person, and for the first admin of an installation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from rhythm.people.models import AuditKind, Invitation, User
from rhythm.people.services import audit, devices
from rhythm.people.services.organisation import lock_organisation
from rhythm.people.services.people import create_person, know_address
from rhythm.people.tokens import (
    LASTS,
    fingerprint,
    first_admin_token,
    new_token,
    token_of,
)


@transaction.atomic
def invite(
    person: User,
    *,
    by: User | None,
    now: datetime,
    submission_key: UUID | None = None,
) -> str:
    """Return a new one-time link with which the person chooses a password.

    The link is not kept, only its hash: show it now. Links given before stop working.
    by None means that the installation itself invites. The same submission_key again
    returns the same link, "" once it works no more.

    Raises ValidationError if the person has no e-mail or is deactivated.
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not person.email:
        raise ValidationError(_("Give %(name)s an e-mail first."), params=_name(person))
    if not person.is_active:
        raise ValidationError(_("%(name)s is deactivated."), params=_name(person))
    token = token_of(submission_key) if submission_key else new_token()
    made = Invitation.objects.filter(token_sha256=fingerprint(token))
    if made.exists():
        return _link(token) if made.usable(now).filter(user=person).exists() else ""
    _withdraw_all(person, now)
    Invitation.objects.create(
        user=person,
        token_sha256=fingerprint(token),
        invited_by=by,
        expires_at=now + LASTS,
    )
    audit.record(AuditKind.INVITED, by=by, about=person)
    return _link(token)


@transaction.atomic
def withdraw(person: User, *, now: datetime, by: User | None = None) -> None:
    """Make the links that the person was given stop working."""
    _withdraw_all(person, now)
    audit.record(AuditKind.INVITATION_WITHDRAWN, by=by, about=person)


@transaction.atomic
def accept(token: str, password: str, *, now: datetime) -> User:
    """Set the password of the person whose link this is, and use the link up.

    Raises Invitation.DoesNotExist if it was used, withdrawn or has expired, and
    ValidationError if the password is too weak.
    """
    usable = Invitation.objects.usable(now).select_for_update(of=("self",))
    invitation = usable.get(token_sha256=fingerprint(token))
    person = User.objects.select_for_update(of=("self",)).get(pk=invitation.user_id)
    validate_password(password, person)
    invitation.used_at = now
    invitation.save(update_fields=["used_at"])
    person.set_password(password)
    person.save(update_fields=["password"])
    # Imports bring people whom sign-in has not heard of.
    know_address(person)
    devices.end_all(person)
    text = _("by an invitation link")
    audit.record(AuditKind.PASSWORD_CHANGED, by=person, about=person, text=text)
    return person


def needs_first_admin() -> bool:
    """Return whether nobody can sign in as an admin: only then the first may come."""
    return not User.objects.able_to_sign_in().filter(is_admin=True).exists()


def first_admin_link() -> str:
    """Return a link that makes the first admin. It works while there is none."""
    path = reverse("people:first_admin", args=[first_admin_token()])
    return settings.APP_BASE_URL + path


@transaction.atomic
def found_organisation(
    organisation: dict[str, Any], admin: dict[str, Any], password: str, *, today: date
) -> User:
    """Name the organisation and return its first admin.

    Raises ValidationError if there is an admin by now, or a value is refused.
    """
    row = lock_organisation()
    if not needs_first_admin():
        raise ValidationError(_("There is an admin already."), code="late")
    for name, value in organisation.items():
        setattr(row, name, value)
    row.full_clean(validate_unique=False)
    row.version += 1
    row.save(update_fields=[*organisation, "version"])
    person = create_person({**admin, "is_admin": True, "is_rep": False}, today=today)
    validate_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    return person


def _link(token: str) -> str:
    return settings.APP_BASE_URL + reverse("people:invitation_accept", args=[token])


def _withdraw_all(person: User, now: datetime) -> None:
    Invitation.objects.usable(now).filter(user=person).update(withdrawn_at=now)


def _name(person: User) -> dict[str, str]:
    return {"name": person.name}
