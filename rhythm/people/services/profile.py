"""What a person changes about itself."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from rhythm.people.models import AuditKind, Theme, User
from rhythm.people.services import audit
from rhythm.web.saving import check_and_save
from rhythm.web.versions import changed_fields, check_version

# What others see of it too, so that its change is worth a line in the log.
SHOWN_TO_OTHERS = ("name", "time_zone")


@transaction.atomic
def edit_profile(
    person: User, values: dict[str, Any], *, shown_version: int | None
) -> User:
    """Change the person's own name, zone, theme and keys.

    Raises Conflict if an admin changed the person meanwhile, ValidationError if a value
    is refused.
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    check_version(person, shown_version)
    before = audit.values_of(person, SHOWN_TO_OTHERS)
    changed = changed_fields(person, values)
    if not changed:
        return person
    person.version += 1
    check_and_save(person, exclude=["password"], update_fields=[*changed, "version"])
    if told := audit.changes(person, before):
        audit.record(AuditKind.PERSON_CHANGED, by=person, about=person, text=told)
    return person


def choose_theme(person: User, theme: Theme) -> None:
    """Keep how pages look to the person."""
    User.objects.active().filter(pk=person.pk).update(theme=theme)
