"""Changes to a person: who it is, what it may do, in which team it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from rhythm.people.models import AuditKind, Invitation, Membership, Team, User
from rhythm.people.services import audit, devices
from rhythm.people.services.organisation import lock_organisation
from rhythm.web.saving import check_and_save, save_once
from rhythm.web.versions import changed_fields, check_version


@transaction.atomic
def create_person(
    values: dict[str, Any],
    *,
    team: Team | None = None,
    today: date,
    by: User | None = None,
    submission_key: UUID | None = None,
) -> User:
    """Return a new person in `team`, who can come in once invited.

    values are fields of User. today is the first day in the team. by None means the
    installation itself. The same submission_key again returns the person that it made.

    Raises ValidationError, by field, if one of them is refused.
    """
    person = User(**values, submission_key=submission_key)
    person.email = _plain_email(person.email)
    person.set_unusable_password()
    person, is_new = save_once(person, submission_key, exclude=["password"])
    if not is_new:
        return person
    _keep_address(person)
    if team:
        place(person, team, on=today)
    audit.record(AuditKind.PERSON_ADDED, by=by, about=person, text=_roles(person, team))
    return person


@transaction.atomic
def edit_person(
    person: User,
    values: dict[str, Any],
    *,
    team: Team | None,
    today: date,
    shown_version: int | None,
    by: User | None = None,
) -> User:
    """Change a person's fields and team. Without an e-mail it is signed out everywhere.

    Raises Conflict if somebody else changed the person meanwhile, and ValidationError
    if a value is refused, or no admin would be left.
    """
    lock_organisation()
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    check_version(person, shown_version)
    if "email" in values:
        values = {**values, "email": _plain_email(values["email"])}
    before, old_team = audit.values_of(person, values), Team.objects.of(person).first()
    changed = changed_fields(person, values)
    moved = place(person, team, on=today)
    if not (changed or moved):
        return person
    if person.is_active and not (person.is_admin and person.email):
        check_another_admin(person)
    person.version += 1
    check_and_save(person, exclude=["password"], update_fields=[*changed, "version"])
    if "email" in changed:
        # A link in the old mailbox must not let anybody in.
        Invitation.objects.filter(user=person, used_at=None).delete()
        _keep_address(person)
        if not person.email:
            devices.end_all(person)
    told = [audit.changes(person, before)] if changed else []
    if moved:
        told.append(f"{_('team')}: {old_team or '–'} → {team or '–'}")
    audit.record(AuditKind.PERSON_CHANGED, by=by, about=person, text="; ".join(told))
    return person


def place(person: User, team: Team | None, *, on: date) -> bool:
    """Put the person in `team` from the day `on`; return whether that is a move.

    None takes the person out of any team. Call it in a transaction.
    """
    # The person first: of two who place somebody without a team, one waits.
    User.objects.select_for_update().get(pk=person.pk)
    present = Membership.objects.select_for_update().filter(user=person, until=None)
    now = present.first()
    if (now.team_id if now else None) == (team.pk if team else None):
        return False
    if now and now.since >= on:
        # It began today: there is no past to keep.
        now.delete()
    elif now:
        now.until = on
        now.save(update_fields=["until"])
    if team:
        Membership.objects.create(user=person, team=team, since=on)
    return True


@transaction.atomic
def deactivate(person: User, *, by: User, now: datetime) -> User:
    """Take the person's access away from the next request on.

    The own records stay. Who hands them over does so in the same transaction.

    Raises ValidationError for oneself, and if no admin would be left.
    """
    lock_organisation()
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person == by:
        raise ValidationError(_("You cannot deactivate yourself."), code="self")
    check_another_admin(person)
    person.is_active = False
    person.version += 1
    person.save(update_fields=["is_active", "version"])
    Invitation.objects.filter(user=person, used_at=None).update(withdrawn_at=now)
    # Coming back is a sign-in of its own.
    devices.end_all(person)
    audit.record(AuditKind.DEACTIVATED, by=by, about=person)
    return person


@transaction.atomic
def reactivate(person: User, *, by: User | None = None) -> User:
    """Give the person access again, with the same password, team and roles."""
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    person.is_active = True
    person.version += 1
    person.save(update_fields=["is_active", "version"])
    audit.record(AuditKind.REACTIVATED, by=by, about=person)
    return person


def check_another_admin(person: User) -> None:
    """Refuse to go on if only `person` is an admin. Call it under the lock."""
    if not User.objects.filter(pk=person.pk, is_admin=True, is_active=True).exists():
        return
    admins = User.objects.able_to_sign_in().filter(is_admin=True)
    if not admins.exclude(pk=person.pk).exists():
        raise ValidationError(
            _("%(name)s is the only admin. Make somebody else an admin first."),
            params={"name": person.name},
            code="last_admin",
        )


def _roles(person: User, team: Team | None) -> str:
    """Return what a new person may do, and where it is."""
    flags = {
        _("rep"): person.is_rep,
        _("executive"): person.is_executive,
        _("admin"): person.is_admin,
    }
    roles = ", ".join(name for name, held in flags.items() if held)
    return "; ".join(filter(None, [roles, team.name if team else ""]))


def _plain_email(email: str | None) -> str | None:
    return User.objects.normalize_email((email or "").strip()) or None


@transaction.atomic
def email_was_changed(person: User) -> None:
    """Do what follows from a new address that its owner has confirmed."""
    # A link in the old mailbox must not let anybody in.
    Invitation.objects.filter(user=person, used_at=None).delete()
    User.objects.active().filter(pk=person.pk).update(version=F("version") + 1)


def know_address(person: User) -> None:
    """Have allauth know the address of a person who was not made by `create_person`."""
    if not EmailAddress.objects.filter(user=person).exists():
        _keep_address(person)


def _keep_address(person: User) -> None:
    """Tell allauth the address: an admin vouches for it, so it needs no proof."""
    EmailAddress.objects.filter(user=person).delete()
    if person.email:
        EmailAddress.objects.create(
            user=person, email=person.email.lower(), verified=True, primary=True
        )
