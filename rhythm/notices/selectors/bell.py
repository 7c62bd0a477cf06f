"""How much waits unread: the bell of every page."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from rhythm.notices.models import Notice
from rhythm.people.models import User
from rhythm.people.models.user import UserQuerySet

# The bell says "99+" from here on, so that counting ends somewhere.
BELL_ENDS = 100


def with_unread(people: UserQuerySet) -> UserQuerySet:
    """Fetch along what the bell counts, up to where it ends."""
    theirs = Notice.objects.unread().filter(recipient=OuterRef("pk"))
    keys = ArraySubquery(theirs.order_by().values("pk")[:BELL_ENDS])
    return people.annotate(_unread_notice_ids=keys)


def unread(person: User) -> str:
    """Return what the bell says: "", "3", "99+". No query for whoever asks for a page.

    Fetched with the session (settings.PERSON_SURROUNDINGS).
    """
    known = getattr(person, "_unread_notice_ids", None)
    return _bell(unread_now(person) if known is None else len(known))


def unread_again(person: User) -> str:
    """Return what the bell says after a change in this request. One query."""
    return _bell(unread_now(person))


def unread_now(person: User) -> int:
    """Return how many open notices the person has not read, at most BELL_ENDS."""
    theirs = Notice.objects.unread().filter(recipient=person)
    return theirs.order_by()[:BELL_ENDS].count()


def _bell(count: int) -> str:
    if count >= BELL_ENDS:
        return f"{BELL_ENDS - 1}+"
    return str(count or "")
