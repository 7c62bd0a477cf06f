"""Taking a second factor away from somebody who lost it."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rhythm.people.models import AuditKind, User
from rhythm.people.services import audit, devices


@transaction.atomic
def reset_second_factor(person: User, *, by: User | None) -> None:
    """Remove the person's app, passkeys and recovery codes, and sign it out everywhere.

    by None means the server itself. Whoever calls it writes to the person.

    Raises ValidationError for oneself, and if there is nothing to reset.
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person == by:
        raise ValidationError(_("Change your own on your profile."), code="self")
    gone, _each = Authenticator.objects.filter(user=person).delete()
    if not gone:
        text = _("%(name)s has no second factor.")
        raise ValidationError(text, params={"name": person.name}, code="none")
    devices.end_all(person)
    audit.record(AuditKind.FACTOR_RESET, by=by, about=person)


def has_any_factor(person: User) -> bool:
    """Return whether there is something that `reset_second_factor` would remove."""
    return bool(Authenticator.objects.filter(user=person).exists())
