"""Rooms: whoever sees the meeting follows, the chair and leaders run it.

The meeting is one of Lena's with her team, in which Rita is.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.runner import services
from pipeline.runner.models import Run
from rhythm.calendar.models import BlockKind, MeetingKind
from rhythm.calendar.services import hold
from tests.access import World, row
from tests.factories.meetings import CommitmentFactory, MeetingFactory
from tests.factories.opportunities import OpportunityFactory

NOW = datetime.now(UTC)


def a_run(world: World, kind: str = MeetingKind.TEAM_MEETING) -> Run:
    meeting = MeetingFactory(
        kind=kind,
        team=world.central,
        chair=world.lena,
        starts_at=NOW + timedelta(hours=1),
    )
    return services.prepare(meeting)


def a_running(world: World) -> Run:
    run = services.begin(a_run(world).meeting, by=world.lena, now=NOW)
    block = run.blocks.get(kind=BlockKind.DIFFICULT_CASE)
    deal = OpportunityFactory(owner=world.rita)
    services.choose_case(block, deal, by=world.lena)
    services.write_note(block, "Ask who signs", by=world.lena, shown_version=1)
    services.go_to(block, by=world.lena, now=NOW)
    return run


def planned(world: World) -> list[Any]:
    return [a_run(world).meeting_id]


def running(world: World) -> list[Any]:
    return [a_running(world).meeting_id]


def held(world: World) -> list[Any]:
    run = a_running(world)
    CommitmentFactory(
        promiser=world.rita, receiver=world.lena, made_in_id=run.meeting_id
    )
    hold(run.meeting, now=NOW + timedelta(minutes=40))
    return [run.meeting_id]


def huddle(world: World) -> list[Any]:
    """Return a huddle in which Lena has written something."""
    run = a_run(world, MeetingKind.HUDDLE)
    said = {"did": "Called", "will": "Visit", "barrier": "A crane"}
    services.answer(run, said, by=world.lena, now=NOW, shown_version=0)
    return [run.meeting_id]


def of_two(world: World) -> list[Any]:
    """Return a 1:1 of Lena's with Rita, in which something is noted."""
    meeting = MeetingFactory(
        kind=MeetingKind.ONE_ON_ONE, team=None, person=world.rita, chair=world.lena
    )
    run = services.begin(meeting, by=world.lena, now=NOW)
    block = run.blocks.order_by("position").last()
    services.write_note(block, "Between us", by=world.lena, shown_version=1)
    return [meeting.pk]


def block(world: World) -> list[Any]:
    run = a_running(world)
    return [run.meeting_id, run.blocks.get(kind=BlockKind.DIFFICULT_CASE).pk]


def planned_block(world: World) -> list[Any]:
    run = a_run(world)
    return [run.meeting_id, run.blocks.get(kind=BlockKind.DIFFICULT_CASE).pk]


def commitment(action: str) -> Any:
    def make(world: World) -> list[Any]:
        run = a_running(world)
        made = CommitmentFactory(
            promiser=world.rita, receiver=world.lena, made_in=run.meeting
        )
        return [run.meeting_id, made.pk, action]

    return make


def follow(lead: int, others: int = 403, above: int | None = None) -> dict[str, int]:
    """Return what whoever runs it gets, who leads that one, and those who see it."""
    seen = dict.fromkeys(("owner", "executive", "admin"), others)
    return seen | {"lead": lead, "above": lead if above is None else above, "peer": 404}


def promised(world: World) -> dict[str, Any]:
    return {"what": "Send it", "promiser": world.lena.pk, "due_on": "2030-01-02"}


BLOCK = {"kind": BlockKind.SKILL, "minutes": "10", "title": "", "how": ""}
# What is said between two stays between them.
TWO = {"owner": 200, "lead": 200} | dict.fromkeys(
    ("above", "executive", "admin", "peer"), 404
)
VOTE = {"score": "8", "line": "The case was real"}

ROWS = [
    row("runner:room", args=planned, **follow(200, 200)),
    row("runner:room", args=running, **follow(200, 200)),
    row("runner:room", args=held, **follow(302, 302)),
    row("runner:room", args=of_two, **TWO),
    row("runner:room_pulse", args=running, **follow(200, 200)),
    row("runner:minutes", args=held, **follow(200, 200)),
    row("runner:room_prepare", "post", args=planned, **follow(302)),
    row("runner:room_begin", "post", args=planned, **follow(302)),
    row("runner:room_timer", "post", args=running, **follow(302)),
    row("runner:room_take", "post", args=running, **follow(302)),
    row("runner:room_hand_over", args=running, **follow(200)),
    row("runner:room_hand_over", "post", args=running, **follow(422)),
    row("runner:room_finish", args=running, **follow(200)),
    row("runner:room_finish", "post", args=running, **follow(302)),
    row("runner:room_abandon", args=running, **follow(200)),
    row("runner:room_abandon", "post", args=running, **follow(422)),
    row("runner:vote", args=held, **follow(200, 403, 403) | {"owner": 200}),
    row(
        "runner:vote",
        "post",
        args=held,
        data=VOTE,
        **follow(302, 403, 403) | {"owner": 302},
    ),
    row("runner:answer", args=huddle, **follow(200, 200)),
    row(
        "runner:answer",
        "post",
        args=huddle,
        data={"did": "Called", "will": "Go", "overwrite": "1"},
        **follow(302, 403, 403) | {"owner": 302},
    ),
    row("runner:block_add", args=planned, **follow(200)),
    row("runner:block_add", "post", args=planned, data=BLOCK, **follow(302)),
    row("runner:block_edit", args=planned_block, **follow(200)),
    row(
        "runner:block_edit",
        "post",
        args=planned_block,
        data=BLOCK | {"version": "1"},
        **follow(302),
    ),
    row("runner:block_go", "post", args=block, **follow(302)),
    row(
        "runner:block_move",
        "post",
        args=planned_block,
        data={"to": "up"},
        **follow(302),
    ),
    row("runner:block_drop", "post", args=planned_block, **follow(302)),
    row("runner:block_case", args=block, **follow(200)),
    row("runner:block_case", "post", args=block, **follow(302)),
    row(
        "runner:block_note",
        "post",
        args=block,
        data={"text": "x", "version": "2"},
        **follow(302),
    ),
    row("runner:promise_add", "post", args=running, data=promised, **follow(302)),
    row("runner:promise", args=commitment("renew"), **follow(200, 200)),
    row(
        "runner:promise",
        "post",
        args=commitment("keep"),
        **follow(403) | {"owner": 302},
    ),
    row("runner:promise", "post", args=commitment("remove"), **follow(302)),
]
