"""What people choose about mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from rhythm.notices.kinds import DIGEST, Kind
from rhythm.notices.models import Wishes
from rhythm.notices.services.arriving import route_again
from rhythm.people.models import User
from rhythm.web.saving import check_and_save
from rhythm.web.versions import changed_fields, check_version


@transaction.atomic
def edit_wishes(
    person: User, values: dict[str, Any], *, shown_version: int | None, now: datetime
) -> Wishes:
    """Change how the person wants to be told; what waits goes that way too.

    Raises Conflict if it was changed meanwhile, ValidationError if a value is refused.
    """
    wishes = _locked(person)
    check_version(wishes, shown_version)
    changed = changed_fields(wishes, values)
    if changed:
        wishes.version += 1
        check_and_save(wishes, update_fields=[*changed, "version"])
        route_again(person, now=now)
    return wishes


@transaction.atomic
def end_mail(person: User, kind: Kind, *, now: datetime) -> None:
    """Send the person no more mail of this kind: it stands in the inbox alone.

    Safe to repeat. Of the morning mail, it ends the mail itself. Invitations stand in
    no inbox either.
    """
    wishes = _locked(person)
    if kind == DIGEST:
        wishes.has_digest = False
    else:
        quietest = kind.choices[-1]
        wishes.deliveries = wishes.deliveries | {kind.key: quietest.value}
    wishes.version += 1
    wishes.save(update_fields=["deliveries", "has_digest", "version"])
    route_again(person, now=now)


def _locked(person: User) -> Wishes:
    Wishes.objects.get_or_create(user=person)
    return Wishes.objects.select_for_update(of=("self",)).get(user=person)
