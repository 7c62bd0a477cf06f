"""What changed on deals: old and new values, who, when. Read from the events.

Set-based: the number of queries does not depend on how many deals are asked for. Who
may see a deal may see its history; nothing of it is private to one person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.changes import Change, Names, Reader
from pipeline.opportunities.selectors.deal_changes import DEAL_FIELDS, deal_changes
from pipeline.opportunities.selectors.events import lives_of
from pipeline.opportunities.selectors.part_changes import (
    PART_FIELDS,
    milestone_changes,
    outcome_changes,
    people_changes,
)
from rhythm.people.models import User

__all__ = ["Change", "changes_since", "timeline"]

# More than so many are not told on one page.
LONGEST = 200


def changes_since(
    moments: Mapping[int, datetime], *, viewer: User, now: datetime
) -> dict[int, list[Change]]:
    """Return what changed on each deal after its moment, the latest first.

    moments says from when on, by deal. Deals that `viewer` may not see are left out.
    Three queries for any number of deals, one more unless the organisation is known.
    """
    if not moments:
        return {}
    visible = Opportunity.objects.visible_to(viewer).filter(pk__in=list(moments))
    changes = _changes(list(visible), viewer=viewer, now=now, since=min_of(moments))
    found: dict[int, list[Change]] = {each: [] for each in moments}
    for change in changes:
        if change.at > moments[change.opportunity_id]:
            found[change.opportunity_id].append(change)
    return found


def min_of(moments: Mapping[int, datetime]) -> datetime | None:
    """Return the earliest moment, or None without any."""
    return min(moments.values(), default=None)


def timeline(
    opportunity: Opportunity, *, viewer: User, now: datetime, limit: int = LONGEST
) -> list[Change]:
    """Return what ever changed on the deal, the latest first, at most `limit`."""
    return _changes([opportunity], viewer=viewer, now=now, since=None)[:limit]


def _changes(
    deals: Iterable[Opportunity],
    *,
    viewer: User,
    now: datetime,
    since: datetime | None,
) -> list[Change]:
    """Return the changes of the deals, the latest first. Two queries."""
    by_id = {each.pk: each for each in deals}
    if not by_id:
        return []
    reader = Reader(
        today=viewer.today(now),
        zone=viewer.time_zone,
        currency=viewer.organisation.currency,
        names=Names(),
    )
    lives = lives_of(by_id, since, {Opportunity: DEAL_FIELDS, **PART_FIELDS})
    steps = [
        *deal_changes(by_id, lives, reader.names),
        *milestone_changes(lives, since, reader.names),
        *people_changes(lives, since, reader.names),
        *outcome_changes(lives, since, reader.names),
    ]
    reader.names.load()
    changes = [change for step in steps for change in step.told(reader)]
    return sorted(changes, key=lambda each: (each.at, each.place), reverse=True)
