"""What deals were at the two ends of a span: two as-of reads of their history.

An event holds a deal as it was before a change. So what a deal was at a moment is its
first event from then on, or the deal itself if there is none. Three rules more:

- A deal is there from the day on which it began (`opened_on`), which a file may put
  before the day of its import.
- It is open until the day on which it closed (`closed_on`). So a deal that a file
  brought in closed was open before, at a stage that nobody knows (NULL).
- What was removed was never there, and what the viewer may not see today is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from pipeline.movement.days import Span
from rhythm.people.models import User
from rhythm.people.selectors.sight import sees


@dataclass(frozen=True)
class Scope:
    """Whose deals, and of which process. None narrows nothing.

    A deal belongs to it at a moment by the owner and the process of that moment.
    """

    owners: tuple[int, ...] | None = None
    process: int | None = None


# Read at both ends. Those without a history end with themselves.
COLUMNS = (
    *("owner_id", "process_id", "stage_id", "closed_from_id", "amount"),
    *("close_on", "opened_on", "closed_on", "outcome"),
)
_COLUMNS = ", ".join(COLUMNS)


def _first(event: str, moment: str, *, is_all: bool) -> str:
    """Return SQL that joins to each deal its first event from the named moment on.

    Of everybody's deals, reading all events in order is faster than looking each deal
    up; of those that some people own, it is not.
    """
    if is_all:
        return f"""LEFT JOIN (
            SELECT DISTINCT ON (pgh_obj_id) pgh_obj_id, {_COLUMNS}
            FROM opportunities_opportunityevent
            WHERE pgh_created_at >= %({moment})s
            ORDER BY pgh_obj_id, pgh_created_at, pgh_id
        ) {event} ON {event}.pgh_obj_id = deal.id"""  # noqa: S608 - joins constants
    return f"""LEFT JOIN LATERAL (
        SELECT pgh_obj_id, {_COLUMNS} FROM opportunities_opportunityevent
        WHERE pgh_obj_id = deal.id AND pgh_created_at >= %({moment})s
        ORDER BY pgh_created_at, pgh_id LIMIT 1
    ) {event} ON true"""  # noqa: S608 - joins constants


def _state(event: str) -> str:
    """Return SQL for the columns of `event`, or of the deal if there is no event."""
    return ", ".join(
        f"CASE WHEN {event}.pgh_obj_id IS NULL THEN deal.{each} ELSE {event}.{each} END"
        f" AS {each}"
        for each in COLUMNS
    )


def in_scope(row: str) -> str:
    """Return SQL for whether the state `row` belongs to the scope."""
    return f"""((%(owners)s::bigint[] IS NULL OR {row}.owner_id = ANY(%(owners)s))
        AND (%(process)s::bigint IS NULL OR {row}.process_id = %(process)s))"""


def last_states(viewer: User) -> str:
    """Return SQL for FROM: each deal with what it was when the span closed, `new`."""
    return f"""
        FROM opportunities_opportunity deal
        {_first("last_event", "closing", is_all=viewer.sees_all)}
        CROSS JOIN LATERAL (SELECT {_state("last_event")}) new
    """


# Only deals that were open at some time in the span can have moved.
_ENDS = f"""
    SELECT deal.id,
        coalesce(old.amount, 0) AS old_value, coalesce(new.amount, 0) AS new_value,
        old.amount AS old_amount, new.amount AS new_amount,
        old.close_on AS old_close_on, new.close_on AS new_close_on,
        old.owner_id AS old_owner_id, new.owner_id AS new_owner_id,
        CASE WHEN old.closed_on IS NULL THEN old.stage_id ELSE old.closed_from_id
            END AS old_stage_id,
        CASE WHEN new.closed_on IS NULL OR new.closed_on <= %(last)s THEN new.stage_id
            ELSE new.closed_from_id END AS new_stage_id,
        old.process_id = new.process_id AS is_same_process,
        new.outcome,
        old.opened_on < %(first)s AS was_there,
        old.opened_on < %(first)s
            AND (old.closed_on IS NULL OR old.closed_on >= %(first)s) AS was_open,
        (new.opened_on <= %(last)s OR old.opened_on < %(first)s) AS is_there,
        (new.opened_on <= %(last)s OR old.opened_on < %(first)s)
            AND (new.closed_on IS NULL OR new.closed_on > %(last)s) AS is_open,
        {in_scope("old")} AS was_ours,
        {in_scope("new")} AS is_ours
    FROM opportunities_opportunity deal
    {{first_event}}
    {{last_event}}
    CROSS JOIN LATERAL (SELECT {_state("first_event")}) old
    CROSS JOIN LATERAL (SELECT {_state("last_event")}) new
    WHERE (deal.closed_on IS NULL OR deal.closed_on >= %(first)s
            OR first_event.pgh_obj_id IS NOT NULL)
        AND {{mine}}
"""  # noqa: S608 - joins constants
BOTH_ENDS = f"""
    SELECT ends.*,
        old_stage.position AS old_position, new_stage.position AS new_position
    FROM ({_ENDS}) ends
    LEFT JOIN process_stage old_stage ON old_stage.id = old_stage_id
    LEFT JOIN process_stage new_stage ON new_stage.id = new_stage_id
"""  # noqa: S608 - joins constants


def both_ends(viewer: User, scope: Scope, span: Span) -> tuple[str, dict[str, Any]]:
    """Return SQL for a row for each deal that may have moved, and its parameters.

    The days of `span` are those on the viewer's wall.
    """
    mine, own = sees(viewer, "deal.owner_id")
    parameters = {
        "first": span.first,
        "last": span.last,
        "opening": span.opening(viewer.time_zone),
        "closing": span.closing(viewer.time_zone),
        "owners": None if scope.owners is None else list(scope.owners),
        "process": scope.process,
        **own,
    }
    sql = BOTH_ENDS.format(
        first_event=_first("first_event", "opening", is_all=viewer.sees_all),
        last_event=_first("last_event", "closing", is_all=viewer.sees_all),
        mine=mine,
    )
    return sql, parameters


def fetch(sql: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that a statement of ours finds, by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [each.name for each in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
