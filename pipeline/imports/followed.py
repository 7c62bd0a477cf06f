"""What imports remember of a person, when that one turns out to be another."""

from __future__ import annotations

from django.db import connection

from rhythm.people.models import User

FOLLOW = """
    UPDATE imports_lastsaid SET values = values || jsonb_build_object('owner', %(to)s)
    WHERE values -> 'owner' = to_jsonb(%(gone)s)
"""


def follow_person(gone: User, to: User) -> None:
    """Let what files said of one owner count as said of another. Reads all of it."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, {"gone": gone.pk, "to": to.pk})
