"""What imports remember of a record that turns out to be another one."""

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


SAID_OF = """
    UPDATE imports_lastsaid last SET target_id = %(to)s
    WHERE last.kind = %(kind)s AND last.target_id = %(gone)s AND NOT EXISTS (
        SELECT FROM imports_lastsaid own WHERE own.source = last.source
            AND own.kind = last.kind AND own.target_id = %(to)s)
"""
SAID_ACCOUNT = """
    UPDATE imports_lastsaid SET values = values || jsonb_build_object('account', %(to)s)
    WHERE values -> 'account' = to_jsonb(%(gone)s)
"""


def follow_record(kind: str, gone: int, to: int) -> None:
    """Let what files said of an account or contact count as said of another one.

    kind is "accounts" or "contacts". Where files said something of both, what they
    said of the one that stays counts. Reads all of it for an account.
    """
    values: dict[str, str | int] = {"kind": kind, "gone": gone, "to": to}
    with connection.cursor() as cursor:
        cursor.execute(SAID_OF, values)
        if kind == "accounts":
            cursor.execute(SAID_ACCOUNT, values)
