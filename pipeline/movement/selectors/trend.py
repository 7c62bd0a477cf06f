"""What was open night by night, read from the summaries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from pipeline.movement.days import Span
from pipeline.movement.selectors.asof import Scope, fetch, in_scope
from rhythm.people.models import User
from rhythm.people.selectors.sight import sees

# A short span is shown with what went before it.
LEAST_DAYS = 91
# A longer one is shown by week.
MOST_DAYS = 200


@dataclass(frozen=True)
class Night:
    """What was open when a day ended."""

    day: date
    deals: int
    value: Decimal
    weighted: Decimal


# A day on which nothing was open has no summaries, and is told as such.
_NIGHTS = """
    SELECT night.day, coalesce(sum(held.deals), 0)::integer AS deals,
        coalesce(sum(held.value), 0) AS value,
        coalesce(sum(held.weighted), 0) AS weighted
    FROM movement_summarisedday night
    LEFT JOIN movement_daysummary held
        ON held.day = night.day AND {mine} AND {ours}
    WHERE NOT night.is_stale AND night.day BETWEEN %(first)s AND %(last)s
    GROUP BY night.day ORDER BY night.day
"""


def trend_of(viewer: User, scope: Scope, span: Span) -> list[Night]:
    """Return what was open at the end of each day up to the span's last one.

    At least LEAST_DAYS of them, as far as there are summaries; over MOST_DAYS the last
    of each week. Days end on the organisation's wall. Owners are those of the night,
    so what was handed over later stands with whom it was. One query, at the cost of
    people times stages.
    """
    mine, own = sees(viewer, "held.owner_id")
    first = min(span.first, span.last - timedelta(days=LEAST_DAYS - 1))
    rows = fetch(
        _NIGHTS.format(mine=mine, ours=in_scope("held")),
        {
            "first": first,
            "last": span.last,
            "owners": None if scope.owners is None else list(scope.owners),
            "process": scope.process,
            **own,
        },
    )
    nights = [Night(**each) for each in rows]
    return by_week(nights) if len(nights) > MOST_DAYS else nights


def by_week(nights: list[Night]) -> list[Night]:
    """Return the last night of each week, weeks ending on Sunday."""
    weeks = {each.day.isocalendar()[:2]: each for each in nights}
    return list(weeks.values())
