"""A review with something to see in every part of the screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from pipeline.opportunities.models import Opportunity
from pipeline.process import services as process_services
from pipeline.process.models import Stage
from pipeline.reviews import services
from pipeline.reviews.models import Review, ReviewItem
from pipeline.reviews.services import NewCommitment
from tests.factories.meetings import CommitmentFactory
from tests.factories.opportunities import (
    ContactFactory,
    CustomerOutcomeFactory,
    MilestoneRecordFactory,
    OpportunityContactFactory,
    OpportunityFactory,
)

ACCOUNTS = (
    "Brennecke Logistics",
    "Castellan Pharma",
    "Ostmark Chemie",
    "Fenwick Glass",
)


def deals_of(owner: Any, today: date) -> list[Opportunity]:
    """Make deals in Propose: late ones, with promises, people and outcomes."""
    stage = Stage.objects.get(process__is_default=True, name="Propose")
    made: list[Opportunity] = []
    for number, account in enumerate(ACCOUNTS):
        deal = OpportunityFactory(
            owner=owner,
            stage=stage,
            stage_since=timezone.now() - timedelta(days=40 - number),
            name=f"Monitoring, phase {number + 1}",
            account__name=account,
            amount=184_000 - 20_000 * number,
            close_on=today + timedelta(days=10 * number - 5),
        )
        made.append(deal)
    first = made[0]
    anke = ContactFactory(name="Dr. Anke Thiele", title="CFO", account=first.account)
    OpportunityContactFactory(opportunity=first, contact=anke, role="Economic buyer")
    CustomerOutcomeFactory(
        opportunity=first,
        words="If write-offs are not under 1 % before May, we lose the contract.",
        metric="Spoilage",
        baseline="3.1 %",
        target="under 1 %",
        confirmed_by=anke,
        confirmed_on=today,
    )
    milestone = stage.milestones.order_by("position")[0]
    MilestoneRecordFactory(
        opportunity=first, milestone=milestone, contact=anke, recorded_by=owner
    )
    return made


def start(get: Callable[[str], Any], *, begin: bool = True) -> Review:
    """Return a review of Lena's team with four deals of Rita's, one an exception."""
    if not Stage.objects.exists():
        process_services.create_starter()
    rita, lena, now = get("rita"), get("lena"), timezone.now()
    today = lena.today(now)
    deals = deals_of(rita, today)
    for days, state in ((-3, "open"), (4, "open"), (-6, "kept")):
        kept_on = today - timedelta(days=6) if state == "kept" else None
        deals[0].commitments.add(
            CommitmentFactory(
                promiser=rita,
                receiver=lena,
                due_on=today + timedelta(days=days),
                state=state,
                kept_on=kept_on,
            )
        )
    review = services.plan(
        get("central"),
        chair=lena,
        starts_at=now,
        minutes=45,
        talk=[each.pk for each in deals[:3]],
        exceptions=[deals[3].pk],
        now=now,
    )
    return services.begin(review, by=lena, now=now) if begin else review


def running(get: Callable[[str], Any]) -> list[Any]:
    return [start(get).pk]


def planned(get: Callable[[str], Any]) -> list[Any]:
    return [start(get, begin=False).pk]


def listed(get: Callable[[str], Any]) -> list[Any]:
    """Make a planned, a running and a finished review."""
    planned(get)
    running(get)
    finished(get)
    return []


def item(get: Callable[[str], Any]) -> list[Any]:
    review = start(get)
    return [review.pk, review.current_item_id]


def item_and_milestone(get: Callable[[str], Any]) -> list[Any]:
    review = start(get)
    stage = Stage.objects.get(process__is_default=True, name="Propose")
    return [
        review.pk,
        review.current_item_id,
        stage.milestones.order_by("position")[1].pk,
    ]


def finished(get: Callable[[str], Any]) -> list[Any]:
    """Finish a review with a decision of every kind that needs no gate."""
    review, lena, now = start(get), get("lena"), timezone.now()
    first, second, third = ReviewItem.objects.filter(
        review=review, is_exception=False
    ).order_by("position")
    due = lena.today(now) + timedelta(days=7)
    services.write_note(first, "They fear IT.", by=lena, shown_version=None)
    coach = NewCommitment("Practise the opening", get("rita"), due)
    services.decide(
        first, "coach", text="Ask who signs", promise=coach, by=lena, now=now
    )
    services.decide(second, "walk_away", text="No problem", by=lena, now=now)
    services.decide(third, "park", text="Budget until May", by=lena, now=now)
    services.finish(review, by=lena, now=now)
    services.correct(
        ReviewItem.objects.get(pk=third.pk),
        {"note": "They said March"},
        reason="Heard wrong",
        by=lena,
        now=now,
        shown_version=None,
    )
    return [review.pk]
