"""The past of deals, as a file of stage history tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import connection, transaction

from rhythm.people.models import User

# How an event that was written afterwards is told from one of the time itself.
BACKFILL = "backfill"

MAKE_TABLE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS stage_entry (
        opportunity_id bigint, stage_id bigint, entered_at timestamptz
    ) ON COMMIT DELETE ROWS
"""
COPY = "COPY stage_entry (opportunity_id, stage_id, entered_at) FROM STDIN"

# What the file says, without what cannot be: other processes, the future, repetitions.
ENTERED = """
    SELECT deal.id AS deal_id, entry.entered_at, stage.id AS stage_id, stage.kind,
        lag(stage.id) OVER own AS before_id, owner.time_zone
    FROM stage_entry entry
    JOIN opportunities_opportunity deal ON deal.id = entry.opportunity_id
    JOIN process_stage stage
        ON stage.id = entry.stage_id AND stage.process_id = deal.process_id
    JOIN people_user owner ON owner.id = deal.owner_id
    WHERE entry.entered_at <= now()
    WINDOW own AS (PARTITION BY deal.id ORDER BY entry.entered_at, stage.position)
"""
MOVED = f"""
    SELECT *,
        lag(stage_id) OVER own AS held_id,
        lag(kind) OVER own AS held_kind,
        lag(entered_at) OVER own AS held_since,
        lag(before_id) OVER own AS held_from_id,
        lead(entered_at) OVER own AS next_at
    FROM ({ENTERED}) entered
    WHERE before_id IS DISTINCT FROM stage_id
    WINDOW own AS (PARTITION BY deal_id ORDER BY entered_at)
"""  # noqa: S608 - joins constants
# An event holds the row as it was before the move: all but the stage comes from what
# held next. What the database itself saw is never written over.
WRITE = """
    INSERT INTO opportunities_opportunityevent (
        {columns}, pgh_obj_id, pgh_created_at, pgh_label, pgh_context
    )
    SELECT {values}, moved.deal_id, moved.entered_at, %(label)s, %(context)s::jsonb
    FROM ({moved}) moved
    CROSS JOIN LATERAL (
        (SELECT {columns}, pgh_created_at AS until FROM opportunities_opportunityevent
            WHERE pgh_obj_id = moved.deal_id AND pgh_created_at >= moved.entered_at
            ORDER BY pgh_created_at, pgh_id LIMIT 1)
        UNION ALL
        (SELECT {columns}, NULL FROM opportunities_opportunity
            WHERE id = moved.deal_id)
        ORDER BY until LIMIT 1
    ) later
    WHERE moved.held_id IS NOT NULL
        -- Not again, and not a move that leads to where it was.
        AND (moved.next_at < coalesce(later.until, 'infinity')
            OR later.stage_id <> moved.held_id)
        AND NOT EXISTS (
            SELECT 1 FROM opportunities_opportunityevent event
            WHERE event.pgh_obj_id = moved.deal_id
                AND ((event.pgh_label = %(label)s
                        AND event.pgh_created_at = moved.entered_at)
                    OR (event.pgh_label <> %(label)s
                        AND event.pgh_created_at <= moved.entered_at))
        )
"""
# What the event holds instead of what held next.
HELD = {
    "stage_id": "moved.held_id",
    "outcome": "CASE moved.held_kind WHEN 'open' THEN '' ELSE moved.held_kind END",
    "closed_on": """CASE WHEN moved.held_kind <> 'open' THEN
        (moved.held_since AT TIME ZONE moved.time_zone)::date END""",
    "closed_from_id": "CASE WHEN moved.held_kind <> 'open' THEN moved.held_from_id END",
    "close_reason": """CASE WHEN moved.held_kind = later.outcome
        THEN later.close_reason ELSE '' END""",
    "is_gated": "false",
    "is_override": "false",
    "move_reason": "''",
}
# Unless it has been elsewhere since.
SINCE = f"""
    UPDATE opportunities_opportunity deal SET stage_since = last.entered_at
    FROM ({MOVED}) last
    WHERE last.next_at IS NULL AND last.deal_id = deal.id
        AND last.stage_id = deal.stage_id AND last.entered_at < deal.stage_since
        AND NOT EXISTS (
            SELECT 1 FROM opportunities_opportunityevent event
            WHERE event.pgh_obj_id = deal.id
                AND event.pgh_created_at > last.entered_at
                AND event.stage_id <> deal.stage_id
        )
"""  # noqa: S608 - joins constants


@dataclass(frozen=True)
class StageEntry:
    """That a deal came to a stage at a moment (aware), as a file says."""

    opportunity_id: int
    stage_id: int
    entered_at: datetime


@transaction.atomic
def backfill_stage_history(
    entries: Iterable[StageEntry], *, by: User | None = None
) -> int:
    """Write the moves between stages that a file tells; return how many were new.

    Give all that is known of a deal at once, in any order: an event is made of two
    entries that follow each other. A deal's amount, close date and owner before a
    move are taken from what is known of later times. Left out are entries of unknown
    deals, of stages of other processes and of the future, moves that are there
    already, and moves after the first change that was made here: of those the
    database knows better. So it may be repeated with the same or a longer file.

    A deal that has been in its stage since the last entry gets that as its
    `stage_since`. by, if given, is named as who did it. A fixed number of statements.
    """
    with connection.cursor() as cursor:
        cursor.execute(MAKE_TABLE)
        cursor.execute("TRUNCATE stage_entry")
        with cursor.copy(COPY) as copy:
            for each in entries:
                copy.write_row((each.opportunity_id, each.stage_id, each.entered_at))
        cursor.execute("ANALYZE stage_entry")
        columns = _columns()
        sql = WRITE.format(
            columns=", ".join(columns),
            values=", ".join(HELD.get(each, f"later.{each}") for each in columns),
            moved=MOVED,
        )
        context = f'{{"user": {by.pk}}}' if by else None
        cursor.execute(sql, {"label": BACKFILL, "context": context})
        written: int = cursor.rowcount
        cursor.execute(SINCE)
    return written


def _columns() -> list[str]:
    """Return the columns of a deal that its history keeps."""
    event = apps.get_model("opportunities", "OpportunityEvent")
    fields = event._meta.concrete_fields
    return [each.column for each in fields if not each.name.startswith("pgh_")]
