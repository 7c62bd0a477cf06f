"""Keep the nightly summaries: which days need one, and make them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from pipeline.movement.days import midnight
from pipeline.movement.models import DaySummary, SummarisedDay
from pipeline.movement.selectors.asof import COLUMNS
from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.events import events_of
from rhythm.people.models import Organisation
from rhythm.people.zones import local_date

# Trends go back so far at most.
MOST_DAYS = 1100
# So many days are summarised in one statement.
DAYS_AT_ONCE = 28

# The first day whose past is not what it was: by deals that came later and began
# earlier, by moves that a file told, and by what was removed.
EARLIEST = """
    SELECT min(opened_on) FROM (
        SELECT opened_on FROM opportunities_opportunity WHERE id > %(deal)s
        UNION ALL
        SELECT opened_on FROM opportunities_opportunityevent
        WHERE pgh_id > %(event)s
            AND (pgh_label <> 'change' OR pgh_created_at < %(since)s)
    ) late
"""
PLAN = """
    INSERT INTO movement_summarisedday
        (day, is_stale, last_event_id, last_opportunity_id, planned_at)
    SELECT day::date, true, %(event)s, %(deal)s, %(now)s
    FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') day
    ON CONFLICT (day) DO UPDATE SET is_stale = true,
        last_event_id = excluded.last_event_id,
        last_opportunity_id = excluded.last_opportunity_id,
        planned_at = excluded.planned_at
"""
# What each deal was, from when until when; only what touches the days asked for.
SUMMARISE = f"""
    INSERT INTO movement_daysummary
        (day, owner_id, process_id, stage_id, deals, value, weighted)
    WITH held AS (
        SELECT pgh_obj_id AS id, {", ".join(COLUMNS)},
            pgh_created_at AS until, pgh_id AS place
        FROM opportunities_opportunityevent
        WHERE pgh_created_at >= %(first_end)s
        UNION ALL
        SELECT id, {", ".join(COLUMNS)}, 'infinity', NULL
        FROM opportunities_opportunity deal
        LEFT JOIN (
            SELECT DISTINCT pgh_obj_id FROM opportunities_opportunityevent
            WHERE pgh_created_at >= %(first_end)s
        ) changed ON changed.pgh_obj_id = deal.id
        WHERE closed_on IS NULL OR closed_on > %(first)s
            OR changed.pgh_obj_id IS NOT NULL
    ), lasting AS (
        SELECT *, lag(until, 1, '-infinity') OVER (
            PARTITION BY id ORDER BY until, place) AS since
        FROM held
    ), standing AS MATERIALIZED (
        SELECT lasting.*, CASE WHEN closed_on IS NULL THEN stage_id
            ELSE closed_from_id END AS open_stage_id
        FROM lasting
        WHERE since < %(last_end)s AND opened_on <= %(last)s
            AND (closed_on IS NULL OR closed_on > %(first)s)
            -- What was removed was never there.
            AND id IN (SELECT id FROM opportunities_opportunity)
    )
    SELECT days.day, owner_id, standing.process_id, open_stage_id, count(*),
        coalesce(sum(amount), 0), coalesce(sum(amount * stage.probability), 0)
    FROM unnest(%(days)s::date[], %(ends)s::timestamptz[]) days (day, ends)
    JOIN standing ON since < days.ends AND until >= days.ends
        AND opened_on <= days.day AND (closed_on IS NULL OR closed_on > days.day)
    LEFT JOIN process_stage stage ON stage.id = open_stage_id
    GROUP BY days.day, owner_id, standing.process_id, open_stage_id
"""  # noqa: S608 - joins constants


def is_behind(now: datetime) -> bool:
    """Return whether a day waits for its summaries. Two queries at most, both small."""
    yesterday = _yesterday(now)
    days = SummarisedDay.objects
    return (
        days.stale().exists() or not days.filter(day=yesterday, is_stale=False).exists()
    )


@transaction.atomic
def plan(*, now: datetime) -> int:
    """Note which days need summaries until yesterday; return how many new ones do.

    Yesterday, days that were missed, and days whose past has changed since: deals that
    came later but began earlier, stage history that a file told, deals that were
    removed. Costs in proportion to what is new. Does nothing on the same day again.
    """
    yesterday = _yesterday(now)
    latest = SummarisedDay.objects.select_for_update().first()
    if latest and latest.day >= yesterday:
        return 0
    # A long transaction may have come to light after the latest plan had looked.
    before = (
        SummarisedDay.objects.filter(planned_at__lt=latest.planned_at)
        .order_by("-planned_at")
        .first()
        if latest
        else None
    )
    known = before or latest
    missed = latest.day + timedelta(days=1) if latest else yesterday
    keys = (
        {"event": known.last_event_id, "deal": known.last_opportunity_id}
        if (known)
        else {"event": 0, "deal": 0}
    )
    since = known.planned_at if known else now
    with connection.cursor() as cursor:
        cursor.execute(EARLIEST, {**keys, "since": since})
        [changed] = cursor.fetchone()
        first = max(
            min(filter(None, (missed, changed))), yesterday - timedelta(days=MOST_DAYS)
        )
        seen = {
            "event": events_of(Opportunity).aggregate(last=Max("pgh_id"))["last"] or 0,
            "deal": Opportunity.objects.aggregate(last=Max("pk"))["last"] or 0,
        }
        cursor.execute(PLAN, {**seen, "first": first, "last": yesterday, "now": now})
        planned: int = cursor.rowcount
    return planned


@transaction.atomic
def summarise() -> bool:
    """Make the summaries of some stale days, the latest first; return if more wait.

    Claims its days, so that of two workers each does others. May be repeated.
    """
    stale = SummarisedDay.objects.stale().select_for_update(skip_locked=True)
    claimed = [each.day for each in stale.order_by("-day")[:DAYS_AT_ONCE]]
    if not claimed:
        return False
    DaySummary.objects.filter(day__in=claimed).delete()
    _write(sorted(claimed), Organisation.current().time_zone)
    SummarisedDay.objects.filter(day__in=claimed).update(is_stale=False)
    return SummarisedDay.objects.stale().exists()


def _write(days: Sequence[date], zone: str) -> None:
    """Write the summaries of the days, in order; they have none yet."""
    ends = [midnight(day + timedelta(days=1), zone) for day in days]
    values: dict[str, Any] = {
        "days": list(days),
        "ends": ends,
        "first": days[0],
        "last": days[-1],
        "first_end": ends[0],
        "last_end": ends[-1],
    }
    with connection.cursor() as cursor:
        cursor.execute(SUMMARISE, values)


def _yesterday(now: datetime) -> date:
    return local_date(now, Organisation.current().time_zone) - timedelta(days=1)
