"""From which amount on a deal is big, by the team of its owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DecimalField,
    FilteredRelation,
    Q,
    QuerySet,
    Value,
)

from pipeline.opportunities.flags import BIG_SHARE, big_from
from pipeline.opportunities.models import Opportunity
from rhythm.people.models import Membership, User


class Reached(Aggregate):
    """The amount that a share of the rows stays at or below."""

    function = "PERCENTILE_DISC"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DecimalField(max_digits=14, decimal_places=2)


def big_by_team(viewer: User) -> dict[int | None, Decimal]:
    """Return the amounts from which on a deal is big, by team; None: without a team.

    Only deals that `viewer` may see count, so that nobody learns of hidden ones by a
    flag. One query.
    """
    return _limits(sizes_by_team(viewer))


def sizes_by_team(viewer: User) -> QuerySet[Any, Any]:
    """Return team, the amounts at the tenth and the middle, and count of its deals."""
    return (
        Opportunity.objects.visible_to(viewer)
        .open()
        .exclude(amount=None)
        .annotate(
            present=FilteredRelation(
                "owner__memberships", condition=Q(owner__memberships__until=None)
            )
        )
        .order_by()
        .values_list("present__team_id")
        .annotate(
            tenth=Reached("amount", share=BIG_SHARE),
            median=Reached("amount", share=Decimal("0.5")),
            deals=Count("pk"),
        )
    )


def _limits(
    sizes: Iterable[tuple[int | None, Decimal, Decimal, int]],
) -> dict[int | None, Decimal]:
    found = ((team, big_from(tenth, median, n)) for team, tenth, median, n in sizes)
    return {team: limit for team, limit in found if limit is not None}


def big_by_owner(
    viewer: User,
    owner_ids: Iterable[int],
    team_of: Mapping[int, int | None] | None = None,
) -> dict[int, Decimal]:
    """Return from which amount on a deal is big, by owner.

    team_of says the owners' teams when the caller knows them. One query.
    """
    owners = set(owner_ids)
    sizes = sizes_by_team(viewer).values_list(
        "present__team_id", "tenth", "median", "deals", Value(0)
    )
    if team_of is None:
        nothing = Value(None, DecimalField())
        present = Membership.objects.present().filter(user__in=owners).order_by()
        teams = present.values_list("team_id", nothing, nothing, Value(0), "user_id")
        sizes = sizes.union(teams, all=True).order_by()
    rows = list(sizes)
    limits = _limits(row[:4] for row in rows if not row[4])
    if team_of is None:
        team_of = {owner: team for team, *_sizes, owner in rows if owner}
    found = ((owner, limits.get(team_of.get(owner))) for owner in owners)
    return {owner: limit for owner, limit in found if limit is not None}
