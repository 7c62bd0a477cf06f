"""A week in which everything happens to deals of Rita's, each thing to one of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pipeline.opportunities.models import Opportunity
from scorecards.demo.history import PastChange, write_changes
from tests.factories.opportunities import OpportunityFactory
from tests.movement.conftest import on

CLOSE = date(2026, 12, 10)


def told(owner: Any, by_stage: dict[str, Any], *changes: Any, **values: Any) -> Any:
    """Make a deal as it is now, and write the changes `(moment, values before)`."""
    values.setdefault("opened_on", date(2026, 10, 1))
    values.setdefault("close_on", CLOSE)
    stage = by_stage[values.pop("stage", "Propose")]
    if stage.kind != "open":
        values.setdefault("outcome", stage.kind)
        values.setdefault("closed_from", by_stage["Propose"])
        values.setdefault("closed_on", date(2026, 11, 18))
    deal = OpportunityFactory(owner=owner, stage=stage, **values)
    past = [PastChange(at, owner.pk, before) for at, before in changes]
    write_changes([(deal, past)])
    return deal


def a_week(owner: Any, other: Any, by_stage: dict[str, Any]) -> dict[str, Opportunity]:
    """Make deals of `owner`, by what happened to them in the week; return them.

    other has nothing to do with the owner and gives and takes a deal.
    """
    propose = by_stage["Propose"].pk
    was_open = {
        "stage_id": propose,
        "outcome": "",
        "closed_on": None,
        "closed_from_id": None,
    }
    was_lost = {
        "stage_id": by_stage["Lost"].pk,
        "outcome": "lost",
        "closed_on": date(2026, 11, 2),
        "closed_from_id": propose,
    }
    week = CLOSE - timedelta(days=7), CLOSE + timedelta(days=7)

    def deal(*changes: Any, owner: Any = owner, **values: Any) -> Opportunity:
        return told(owner, by_stage, *changes, **values)  # type: ignore[no-any-return]

    return {
        "still": deal(amount=1),
        "new": deal(amount=20, opened_on=date(2026, 11, 17), stage="Discover"),
        "new_and_won": deal(amount=30, opened_on=date(2026, 11, 17), stage="Won"),
        "before_and_won": deal(amount=40, closed_on=date(2026, 11, 3), stage="Won"),
        "advanced": deal((on(17), {"stage_id": propose}), amount=5, stage="Negotiate"),
        "moved_back": deal((on(17), {"stage_id": propose}), amount=6, stage="Discover"),
        "slipped": deal((on(17), {"close_on": week[0]}), amount=7),
        "pulled_in": deal((on(17), {"close_on": week[1]}), amount=8),
        "grew": deal((on(17), {"amount": Decimal(100)}), amount=150),
        "shrank": deal((on(17), {"amount": Decimal(200)}), amount=170),
        "got_amount": deal((on(18), {"amount": None}), amount=9),
        "grew_and_won": deal(
            (on(17), {"amount": Decimal(300)}),
            (on(18), was_open),
            amount=320,
            stage="Won",
        ),
        "lost": deal((on(18), was_open), amount=400, stage="Lost"),
        "walked_away": deal((on(18), was_open), amount=500, stage="Walked away"),
        "reopened": deal((on(18), was_lost), amount=600),
        "came_in": deal((on(18), {"owner_id": other.pk}), amount=700),
        "went_out": deal((on(18), {"owner_id": owner.pk}), owner=other, amount=800),
        "changed_before": deal((on(3), {"amount": Decimal(1)}), amount=10),
        "changed_after": deal((on(20), {"amount": Decimal(11)}), amount=9999),
    }
