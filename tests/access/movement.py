"""Movement: everybody gets the page; what is on it follows the deals."""

from __future__ import annotations

from tests.access import World, row
from tests.factories.opportunities import OpportunityFactory


def one_deal(world: World) -> list[int]:
    OpportunityFactory(owner=world.rita)
    return []


ROWS = [
    row("movement:movement", args=one_deal, everybody=200),
    row(
        "movement:movement_deals",
        args=one_deal,
        data={"bar": "closing"},
        everybody=200,
    ),
]
