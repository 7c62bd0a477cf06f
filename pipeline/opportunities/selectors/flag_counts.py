"""How many open deals of whom show each flag, counted by the database at once.

The rules of `flags.py` over sets: each table is read once for all deals and all flags,
where `flag_filters` looks each deal up for one. A test holds both together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from pipeline.opportunities import flags
from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.flag_filters import MOVEMENT_FIELDS, behind
from rhythm.people.models import User
from rhythm.people.selectors.sight import sees

# As they stand in the statement. One more is told for few by hand.
IN_ORDER = (
    *(flags.OVERDUE, flags.MILESTONES_MISSING, flags.SLIPPED),
    *(flags.STUCK, flags.IDLE, flags.NO_NEXT_STEP),
)


@dataclass(frozen=True)
class Tally:
    """How many open deals, their amounts together, and how many show each flag."""

    deals: int = 0
    amount: Decimal = Decimal(0)
    flags: Mapping[str, int] = field(default_factory=dict)


# A stage's limits are days on the viewer's wall: the moments at which they begin are
# told once per stage.
FACTS = """
    WITH stage AS MATERIALIZED (
        SELECT id, process_id, kind, position,
            needs_outcome, outcome_asked_since, outcome_binds_from,
            %(today)s - idle_days AS idle_before,
            (%(today)s - idle_days)::timestamp AT TIME ZONE %(zone)s AS silent_before,
            (%(today)s - stuck_days)::timestamp AT TIME ZONE %(zone)s AS stuck_before
        FROM process_stage
    ), deal AS MATERIALIZED (
        SELECT deal.id, deal.owner_id, deal.process_id, deal.amount, deal.close_on,
            deal.created_at, stage.position,
            deal.next_step_on IS NULL AS has_no_step,
            deal.stage_since < stuck_before AS is_stuck,
            greatest(deal.opened_on, deal.next_step_on) < idle_before
                AND coalesce(deal.last_activity_at < silent_before, true) AS is_idle
        FROM opportunities_opportunity deal JOIN stage ON stage.id = deal.stage_id
        WHERE deal.closed_on IS NULL AND {mine}
    ), asked AS MATERIALIZED (
        SELECT milestone.id, stage.process_id, stage.position,
            milestone.asked_since, milestone.binds_from
        FROM process_milestone milestone JOIN stage ON stage.id = milestone.stage_id
        WHERE stage.kind = 'open' AND milestone.importance = 'required'
    ), lacking AS (
        SELECT deal.id FROM deal
        WHERE deal.close_on BETWEEN %(today)s AND %(soon)s AND (
            EXISTS (
                SELECT FROM asked
                WHERE asked.process_id = deal.process_id
                    AND asked.position >= deal.position
                    AND (asked_since IS NULL OR asked_since <= deal.created_at
                        OR binds_from <= %(now)s)
                    AND NOT EXISTS (
                        SELECT FROM opportunities_milestonerecord record
                        WHERE record.opportunity_id = deal.id
                            AND record.milestone_id = asked.id AND record.is_met)
            ) OR EXISTS (
                SELECT FROM stage
                WHERE stage.process_id = deal.process_id AND stage.kind = 'open'
                    AND stage.position >= deal.position AND needs_outcome
                    AND (outcome_asked_since IS NULL
                        OR outcome_asked_since <= deal.created_at
                        OR outcome_binds_from <= %(now)s)
            ) AND NOT EXISTS (
                SELECT FROM opportunities_customeroutcome outcome
                WHERE outcome.opportunity_id = deal.id
                    AND outcome.confirmed_by_id IS NOT NULL))
    ), moved AS (
        SELECT deal.id,
            deal.close_on > (array_agg(event.close_on
                ORDER BY event.pgh_created_at, event.pgh_id))[1] AS has_slipped,
            bool_or(stage.kind = 'open' AND stage.position > deal.position)
                AS was_further
        FROM deal
        JOIN opportunities_opportunityevent event ON event.pgh_obj_id = deal.id
            AND event.pgh_created_at > %(since)s
        LEFT JOIN stage ON stage.id = event.stage_id
        GROUP BY deal.id, deal.close_on
    )
"""
COUNT = f"""
    {FACTS}
    SELECT deal.owner_id, count(*), coalesce(sum(deal.amount), 0),
        count(*) FILTER (WHERE deal.close_on < %(today)s),
        count(lacking.id),
        count(*) FILTER (WHERE has_slipped),
        count(*) FILTER (WHERE is_stuck),
        count(*) FILTER (WHERE is_idle),
        count(*) FILTER (WHERE has_no_step),
        array_agg(deal.id) FILTER (WHERE was_further)
    FROM deal
    LEFT JOIN lacking ON lacking.id = deal.id
    LEFT JOIN moved ON moved.id = deal.id
    GROUP BY deal.owner_id
"""  # noqa: S608 - joins constants


def tallies(viewer: User, *, now: datetime) -> dict[int, Tally]:
    """Return the tally of each owner whose open deals `viewer` sees, by the owner's id.

    One statement; where deals seem to have moved back, telling that from a slip of the
    hand takes up to three more.
    """
    mine, own = sees(viewer, "deal.owner_id")
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(mine=mine), facts_of(viewer, now) | own)
        rows = cursor.fetchall()
    back = _moved_back([key for row in rows for key in row[-1] or ()], now)
    return {
        owner: Tally(
            deals,
            amount,
            dict(zip(IN_ORDER, counts, strict=True)) | {flags.MOVED_BACK: back[owner]},
        )
        for owner, deals, amount, *counts, _further in rows
    }


def facts_of(viewer: User, now: datetime) -> dict[str, Any]:
    """Return the parameters of FACTS, without those of {mine}."""
    today = viewer.today(now)
    return {
        "today": today,
        "soon": today + timedelta(flags.CLOSING_DAYS),
        "now": now,
        "since": now - timedelta(flags.MOVEMENT_DAYS),
        "zone": viewer.time_zone,
    }


def _moved_back(candidates: Sequence[int], now: datetime) -> Counter[int]:
    """Return how many of the deals, by owner, stand at an earlier stage than before.

    Few ever do. No query without candidates.
    """
    if not candidates:
        return Counter()
    deals = Opportunity.objects.filter(pk__in=candidates).only(
        "owner_id", *MOVEMENT_FIELDS
    )
    return Counter(each.owner_id for each in behind(list(deals), now))
