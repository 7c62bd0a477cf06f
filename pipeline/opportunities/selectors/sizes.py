"""From which amount on a deal is big, by the team of its owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db.models import Aggregate, Count, DecimalField, FilteredRelation, Q

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
    sizes = (
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
    found = ((team, big_from(tenth, median, n)) for team, tenth, median, n in sizes)
    return {team: limit for team, limit in found if limit is not None}


def big_by_owner(
    viewer: User,
    owner_ids: Iterable[int],
    team_of: Mapping[int, int | None] | None = None,
) -> dict[int, Decimal]:
    """Return from which amount on a deal is big, by owner.

    team_of says the owners' teams when the caller knows them. Two queries without it.
    """
    limits = big_by_team(viewer)
    owners = set(owner_ids)
    if team_of is None:
        present = Membership.objects.present().filter(user__in=owners)
        team_of = dict(present.values_list("user_id", "team_id"))
    found = ((owner, limits.get(team_of.get(owner))) for owner in owners)
    return {owner: limit for owner, limit in found if limit is not None}
