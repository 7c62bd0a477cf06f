"""Reviews: the chair runs them, those in them and above follow, others see nothing.

The review is one of Lena's with her team; Rita's deal is on its agenda.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.reviews.models import ReviewItem
from rhythm.calendar.models import MeetingState
from tests.access import World, row
from tests.factories.meetings import (
    CommitmentFactory,
    MeetingFactory,
    ReviewFactory,
    ReviewItemFactory,
)
from tests.factories.opportunities import OpportunityFactory
from tests.factories.process import MilestoneFactory

NOW = datetime.now(UTC)
STATES: dict[str, dict[str, Any]] = {
    MeetingState.PLANNED: {},
    MeetingState.RUNNING: {"started_at": NOW},
    MeetingState.HELD: {"started_at": NOW, "ended_at": NOW + timedelta(hours=1)},
}


def an_item(world: World, state: MeetingState = MeetingState.RUNNING) -> ReviewItem:
    meeting = MeetingFactory(
        team=world.central, chair=world.lena, state=state, **STATES[state]
    )
    review = ReviewFactory(meeting=meeting)
    return ReviewItemFactory(
        review=review, opportunity=OpportunityFactory(owner=world.rita)
    )


def running(world: World) -> list[Any]:
    return [an_item(world).review_id]


def planned(world: World) -> list[Any]:
    return [an_item(world, MeetingState.PLANNED).review_id]


def held(world: World) -> list[Any]:
    return [an_item(world, MeetingState.HELD).review_id]


def item(world: World) -> list[Any]:
    made = an_item(world)
    return [made.review_id, made.pk]


def held_item(world: World) -> list[Any]:
    made = an_item(world, MeetingState.HELD)
    return [made.review_id, made.pk]


def milestone(world: World) -> list[Any]:
    made = an_item(world)
    return [made.review_id, made.pk, MilestoneFactory(stage=made.opportunity.stage).pk]


def commitment(action: str) -> Any:
    def make(world: World) -> list[Any]:
        made = an_item(world)
        promise = CommitmentFactory(
            promiser=world.rita, receiver=world.lena, made_in=made.review.meeting
        )
        made.opportunity.commitments.add(promise)
        made.commitments.add(promise)
        return [made.review_id, made.pk, promise.pk, action]

    return make


def follow(chair: int, others: int = 403) -> dict[str, int]:
    """Return what those who see the review get, and the chair."""
    seen = dict.fromkeys(("owner", "above", "executive", "admin"), others)
    return seen | {"lead": chair, "peer": 404}


def promised(world: World) -> dict[str, Any]:
    return {"what": "Send it", "promiser": world.lena.pk, "due_on": "2030-01-02"}


DEAL = {"next_step": "Call", "amount": "5", "close_on": "2030-01-02", "version": "1"}
STARTERS = {"owner": 403, "peer": 403, "admin": 403}
STARTERS |= {"lead": 200, "above": 200, "executive": 200}

ROWS = [
    row("reviews:review_list", everybody=200),
    row("reviews:review_start", **STARTERS),
    row(
        "reviews:review_start",
        "post",
        **STARTERS | dict.fromkeys(("lead", "above", "executive"), 422),
    ),
    row("reviews:deal_options", **STARTERS),
    row("reviews:review_detail", args=running, **follow(200, 200)),
    row("reviews:review_detail", args=planned, **follow(200, 200)),
    row("reviews:review_detail", args=held, **follow(302, 302)),
    row("reviews:review_prepare", args=planned, **follow(200, 200)),
    row(
        "reviews:review_prepare",
        "post",
        args=planned,
        data={},
        **follow(403) | {"owner": 302},
    ),
    row("reviews:review_item", args=item, **follow(200, 200)),
    row("reviews:review_changes", args=item, **follow(200, 200)),
    row("reviews:review_pulse", args=running, **follow(200, 200)),
    row("reviews:review_minutes", args=held, **follow(200, 200)),
    row("reviews:review_at", "post", args=item, **follow(302)),
    row("reviews:review_begin", "post", args=planned, **follow(302)),
    row("reviews:review_timer", "post", args=running, **follow(302)),
    row("reviews:review_claim", "post", args=running, **follow(302) | {"above": 302}),
    row("reviews:review_abandon", args=running, **follow(200)),
    row("reviews:review_abandon", "post", args=running, **follow(422)),
    row("reviews:review_hand_over", args=running, **follow(200)),
    row("reviews:review_hand_over", "post", args=running, **follow(422)),
    row("reviews:review_finish", args=running, **follow(200)),
    row("reviews:review_finish", "post", args=running, **follow(422)),
    row("reviews:review_add", args=running, **follow(200)),
    row("reviews:review_add", "post", args=running, **follow(404)),
    row("reviews:review_correct", args=held_item, **follow(200)),
    row("reviews:review_correct", "post", args=held_item, **follow(422)),
    row("reviews:review_decide", args=item, data={"decision": "coach"}, **follow(200)),
    row(
        "reviews:review_decide",
        "post",
        args=item,
        data={"decision": "keep", "version": 1},
        **follow(302),
    ),
    row("reviews:review_skip", args=item, **follow(200)),
    row("reviews:review_skip", "post", args=item, **follow(422)),
    row("reviews:review_undo", "post", args=item, **follow(302)),
    row("reviews:review_talk", "post", args=item, **follow(302)),
    row("reviews:review_asked", "post", args=item, **follow(302)),
    row(
        "reviews:review_note",
        "post",
        args=item,
        data={"text": "x", "version": "1"},
        **follow(302),
    ),
    row(
        "reviews:review_private_note",
        "post",
        args=item,
        data={"text": "x"},
        **follow(302, 302),
    ),
    row(
        "reviews:review_commitment_add", "post", args=item, data=promised, **follow(302)
    ),
    row("reviews:review_commitment", args=commitment("renew"), **follow(200, 200)),
    row(
        "reviews:review_commitment",
        "post",
        args=commitment("keep"),
        **follow(403) | {"owner": 302},
    ),
    row("reviews:review_commitment", "post", args=commitment("remove"), **follow(302)),
    row("reviews:review_deal_edit", args=item, **follow(200)),
    row("reviews:review_deal_edit", "post", args=item, data=DEAL, **follow(302)),
    row("reviews:review_milestone", args=milestone, **follow(200)),
    row(
        "reviews:review_milestone",
        "post",
        args=milestone,
        data={"version": "0"},
        **follow(302),
    ),
]
