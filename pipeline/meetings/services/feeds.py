"""The secret address of a person's calendar: made, taken away, opened."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pipeline.meetings.models import CalendarFeed
from rhythm.people.models import AuditKind, User
from rhythm.people.services import audit
from rhythm.people.tokens import fingerprint, new_token

# To no finer grain than this is it noted when an address was last read.
USED = timedelta(minutes=15)


@transaction.atomic
def make_feed(person: User, *, now: datetime, instead_of: str | None = None) -> str:
    """Return the secret of a new address; the one before opens nothing any more.

    instead_of is the `mark` of the one that was shown, "" for none; None asks nothing.
    Raises ValidationError if there is another one by now.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    found = CalendarFeed.objects.filter(user=person).first()
    if instead_of is not None and found and instead_of != found.mark:
        text = _(
            "An address was made meanwhile, and holds. If you did not see it, replace "
            "it."
        )
        raise ValidationError(text, code="made")
    token = new_token()
    CalendarFeed.objects.update_or_create(
        user=person,
        defaults={
            "token_sha256": fingerprint(token),
            "made_at": now,
            "used_at": None,
        },
    )
    audit.record(AuditKind.FEED_MADE, by=person, about=person)
    return token


@transaction.atomic
def revoke_feed(person: User) -> None:
    """Let the address of a person open nothing any more."""
    gone, _each = CalendarFeed.objects.filter(user=person).delete()
    if gone:
        audit.record(AuditKind.FEED_REVOKED, by=person, about=person)


def open_feed(token: str, *, now: datetime) -> User | None:
    """Return whose calendar the token opens, and note that it did.

    None for a token that nobody has any more, or whose person has left.
    """
    found = (
        CalendarFeed.objects.select_related("user")
        .filter(token_sha256=fingerprint(token), user__is_active=True)
        .first()
    )
    if found is None:
        return None
    CalendarFeed.objects.filter(Q(used_at=None) | Q(used_at__lt=now - USED)).filter(
        pk=found.pk
    ).update(used_at=now)
    return found.user
