"""Settings that hold for everybody."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from rhythm.people.models import AuditKind, Organisation, User
from rhythm.people.services import audit
from rhythm.web.versions import changed_fields, check_version


@transaction.atomic
def edit_organisation(
    values: dict[str, Any], *, shown_version: int | None, by: User | None = None
) -> Organisation:
    """Change the organisation's settings.

    Raises Conflict if somebody else changed them meanwhile.
    """
    organisation = lock_organisation()
    check_version(organisation, shown_version)
    before = audit.values_of(organisation, values)
    changed = changed_fields(organisation, values)
    if changed:
        organisation.full_clean(validate_unique=False)
        organisation.version += 1
        organisation.save(update_fields=[*changed, "version"])
        audit.record(
            AuditKind.ORGANISATION_CHANGED,
            by=by,
            subject=organisation.name,
            text=audit.changes(organisation, before),
        )
    return organisation


def lock_organisation() -> Organisation:
    """Return the organisation, locked: who is the last admin is decided under it."""
    Organisation.current()
    return Organisation.objects.select_for_update().get(pk=1)
