"""Many at the same moment, on a real database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from pipeline.opportunities import services
from pipeline.opportunities.models import Account, MilestoneRecord, Opportunity
from rhythm.web.versions import Conflict
from tests.factories.process import MilestoneFactory

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 50


def at_once(act: Callable[[int], object], count: int = MANY) -> list[str]:
    """Run `act` in `count` threads that start together; return how each ended."""
    start = Barrier(count)

    def run(number: int) -> str:
        try:
            start.wait(timeout=60)
            act(number)
        except (Conflict, ValidationError) as refused:
            return type(refused).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_one_form_sent_fifty_times_makes_one_deal(process, rita) -> None:
    key, now = uuid4(), timezone.now()
    ends = at_once(
        lambda number: services.create(
            {"name": "One"},
            owner=rita,
            now=now,
            account_name="Nova",
            submission_key=key,
        )
    )
    assert ends == ["done"] * MANY
    assert Opportunity.objects.count() == 1
    assert Opportunity.objects.get().account is not None
    # Whoever lost the race took back the account that came with it.
    assert Account.objects.count() == 1


def test_of_fifty_edits_one_wins_and_the_others_are_told(deal, rita) -> None:
    ends = at_once(
        lambda number: services.edit(
            deal, {"amount": Decimal(number + 1)}, by=rita, shown_version=1
        )
    )
    assert sorted(ends) == ["Conflict"] * (MANY - 1) + ["done"]
    deal.refresh_from_db()
    assert deal.version == 2
    assert deal.events.count() == 1


def test_of_two_who_record_one_milestone_one_is_told(deal, discover, rita) -> None:
    milestone, now = MilestoneFactory(stage=discover), timezone.now()
    ends = at_once(
        lambda number: services.record_milestone(
            deal,
            milestone,
            is_met=True,
            by=rita,
            now=now,
            evidence=f"Mail {number}",
            shown_version=0,
        ),
        8,
    )
    assert sorted(ends) == ["Conflict"] * 7 + ["done"]
    assert MilestoneRecord.objects.count() == 1


def test_a_deal_is_closed_once_and_does_not_move_after(deal, propose, rita) -> None:
    now = timezone.now()

    def act(number: int) -> None:
        if number % 2:
            services.close(deal, outcome="lost", reason="No", by=rita, now=now)
        else:
            services.move(deal, to=propose, by=rita, now=now)

    at_once(act, 10)
    deal.refresh_from_db()
    assert deal.outcome == "lost"
    assert deal.stage.kind == "lost"
    closings = deal.events.filter(outcome="", closed_on=None).count()
    assert closings <= 2  # one move at most, and one closing
