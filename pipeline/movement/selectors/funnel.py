"""The funnel: how far the deals that began together came, and where they ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from pipeline.movement.days import Span
from pipeline.movement.selectors.asof import (
    Scope,
    fetch,
    in_scope,
    last_states,
)
from pipeline.movement.selectors.rows import Rows, Told, page_of
from pipeline.opportunities.selectors.movement import AT_ONCE
from pipeline.process.models import Process, Stage
from rhythm.people.models import User
from rhythm.people.selectors.sight import sees

WON = "won"
REACHED, WAITING, DROPPED = "reached", "waiting", "dropped"


@dataclass(frozen=True)
class Step:
    """One stage of the funnel, "won" the last. Counts are deals.

    reached = waiting + dropped + what reached the next one.
    """

    # What the address of its deals calls it: a stage's key, or "won".
    key: str
    label: str
    reached: int
    value: Decimal
    # Open, and never further than here.
    waiting: int = 0
    # Lost or walked away from, and never further than here.
    dropped: int = 0
    # Of those of the step before, and of all. None where there were none before.
    from_previous: Decimal | None = None
    from_first: Decimal | None = None


@dataclass(frozen=True)
class Part:
    """A part of a step: "reached", "waiting" or "dropped", and of which stage."""

    what: str
    # The stage's position. One past the last is won.
    position: int
    label: str

    @property
    def condition(self) -> str:
        """SQL for the deals of this part; a constant."""
        return {
            REACHED: "furthest >= %(position)s",
            WAITING: "furthest = %(position)s AND ended = ''",
            DROPPED: "furthest = %(position)s AND ended IN ('lost', 'walked_away')",
        }[self.what]


# The furthest stage that a deal came to and left again. One held so shortly was a slip
# of the hand.
_CAME = """
    SELECT held.id, max(stage.position) AS position
    FROM (
        SELECT pgh_obj_id AS id, stage_id, pgh_created_at - lag(pgh_created_at) OVER (
            PARTITION BY pgh_obj_id ORDER BY pgh_created_at, pgh_id) AS lasted
        FROM opportunities_opportunityevent
        WHERE pgh_created_at >= %(opening)s AND pgh_created_at < %(closing)s
            AND {whose}
    ) held JOIN process_stage stage ON stage.id = held.stage_id
    WHERE stage.kind = 'open' AND stage.process_id = %(process)s
        AND (lasted IS NULL OR lasted > %(at_once)s)
    GROUP BY held.id
"""
# Of everybody's deals, reading all in order is faster than looking each up.
_OF_ALL = f"LEFT JOIN ({_CAME.format(whose='true')}) came ON came.id = began.id"
_OF_EACH = f"""
    LEFT JOIN LATERAL ({_CAME.format(whose="pgh_obj_id = began.id")}) came ON true
"""
# A deal counts in each stage up to the furthest that it came to, passed or skipped; the
# first one counts all.
_FURTHEST = """
    WITH began AS (
        SELECT deal.id, new.amount, new.close_on, new.owner_id, new.stage_id,
            new.closed_from_id,
            CASE WHEN new.closed_on <= %(last)s THEN new.outcome ELSE '' END AS ended,
            CASE WHEN new.closed_on IS NULL THEN new.stage_id
                ELSE new.closed_from_id END AS open_stage_id
        {states}
        WHERE new.opened_on BETWEEN %(first)s AND %(last)s AND {ours} AND {mine}
    )
    SELECT began.id, began.ended, false AS was_there,
        coalesce(began.amount, 0) AS counted,
        NULL::numeric AS old_amount, began.amount AS new_amount,
        NULL::date AS old_close_on, began.close_on AS new_close_on,
        NULL::bigint AS old_owner_id, began.owner_id AS new_owner_id,
        NULL::bigint AS old_stage_id,
        CASE WHEN began.ended = '' THEN began.open_stage_id ELSE began.stage_id END
            AS new_stage_id,
        CASE WHEN began.ended = 'won' THEN %(won)s ELSE
            greatest(%(lowest)s, came.position, stage.position) END AS furthest
    FROM began
    {came}
    LEFT JOIN process_stage stage
        ON stage.id = began.open_stage_id AND stage.kind = 'open'
"""


def furthest(
    viewer: User, scope: Scope, began: Span, process: Process, stages: list[Stage]
) -> tuple[str, dict[str, Any]]:
    """Return SQL for each deal of the cohort with the furthest stage it came to."""
    mine, own = sees(viewer, "deal.owner_id")
    parameters = {
        "first": began.first,
        "last": began.last,
        "opening": began.opening(viewer.time_zone),
        "closing": began.closing(viewer.time_zone),
        "owners": None if scope.owners is None else list(scope.owners),
        "process": process.pk,
        "lowest": stages[0].position,
        "won": stages[-1].position + 1,
        "at_once": AT_ONCE,
        **own,
    }
    sql = _FURTHEST.format(
        states=last_states(viewer),
        ours=in_scope("new"),
        mine=mine,
        came=_OF_ALL if scope.owners is None else _OF_EACH,
    )
    return sql, parameters


def funnel_of(
    viewer: User, scope: Scope, began: Span, process: Process, stages: list[Stage]
) -> list[Step]:
    """Return how far the deals came that began in the days of `began`. One query.

    The cohort is made of the deals of the process that began in these days; whatever
    became of them until the last day counts, so a young cohort is not through yet and
    `waiting` says how much of it. Conversion is that of the next step and, from the
    first, the cumulative one, as HubSpot's funnel of records created in a range has
    them (knowledge.hubspot.com/reports/differences-between-funnel-reports-types), but
    that a stage which was skipped counts as passed.

    stages are the open ones of the process, in order; at least one.
    """
    sql, parameters = furthest(viewer, scope, began, process, stages)
    # Every part is a constant of ours; every value is a parameter.
    counted = f"""
        SELECT furthest, ended, count(*) AS deals, sum(counted) AS value
        FROM ({sql}) came GROUP BY furthest, ended
    """  # noqa: S608
    return list(_steps(fetch(counted, parameters), stages))


def _steps(rows: list[dict[str, Any]], stages: list[Stage]) -> Iterator[Step]:
    places = [(str(each.pk), each.name, each.position) for each in stages]
    places.append((WON, _("Won"), stages[-1].position + 1))
    first = before = 0
    for place, (key, label, position) in enumerate(places):
        reached = [row for row in rows if row["furthest"] >= position]
        here = [row for row in reached if row["furthest"] == position]
        deals = sum(row["deals"] for row in reached)
        first = first if place else deals
        ended = sum(r["deals"] for r in here if r["ended"] in ("lost", "walked_away"))
        yield Step(
            key=key,
            label=label,
            reached=deals,
            value=sum((row["value"] for row in reached), Decimal(0)),
            waiting=sum(row["deals"] for row in here if not row["ended"]),
            dropped=ended,
            from_previous=Decimal(deals) / before if place and before else None,
            from_first=Decimal(deals) / first if place and first else None,
        )
        before = deals


def part_of(name: str, stages: list[Stage]) -> Part | None:
    """Return the part that an address names, such as "dropped-12", None if none."""
    what, _dash, key = name.partition("-")
    if not stages or what not in (REACHED, WAITING, DROPPED):
        return None
    places = {str(each.pk): (each.name, each.position) for each in stages}
    places[WON] = (_("Won"), stages[-1].position + 1)
    if key not in places:
        return None
    words = {
        REACHED: _("Came to %(stage)s"),
        WAITING: _("Still at %(stage)s"),
        DROPPED: _("Dropped off at %(stage)s"),
    }
    stage, position = places[key]
    return Part(what, position, words[what] % {"stage": stage})


def rows_of(
    viewer: User,
    scope: Scope,
    began: Span,
    process: Process,
    stages: list[Stage],
    part: Part,
    number: int,
    told: Told,
) -> Rows:
    """Return a page of the deals of a part of the funnel, the largest first."""
    sql, parameters = furthest(viewer, scope, began, process, stages)
    counted = f"SELECT * FROM ({sql}) came WHERE {part.condition}"  # noqa: S608
    values = {**parameters, "position": part.position}
    return page_of(counted, values, number, told)
