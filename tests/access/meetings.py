"""Meetings: those in them and above see them; who runs or leads changes them.

The meeting is one of Lena's with her team, in which Rita is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from rhythm.calendar.models import MeetingKind, MeetingState
from tests.access import World, row
from tests.factories.meetings import MeetingFactory


def a_meeting(world: World, **values: Any) -> list[Any]:
    wanted = {"kind": MeetingKind.TEAM_MEETING, "starts_at": timezone.now()} | values
    meeting = MeetingFactory(team=world.central, chair=world.lena, **wanted)
    return [meeting.pk]


def running(world: World) -> list[Any]:
    return a_meeting(world, state=MeetingState.RUNNING, started_at=timezone.now())


def skipped(world: World) -> list[Any]:
    return a_meeting(world, state=MeetingState.SKIPPED, reason="Trade fair")


def a_review(world: World) -> list[Any]:
    return a_meeting(world, kind=MeetingKind.PIPELINE_REVIEW)


def drop(world: World) -> list[Any]:
    return [*a_meeting(world), "skip"]


def follow(lead: int, above: int = 403, others: int = 403) -> dict[str, int]:
    """Return what who runs it gets, who leads that one, and those who see it."""
    seen = dict.fromkeys(("owner", "executive", "admin"), others)
    return seen | {"lead": lead, "above": above, "peer": 404}


def of_rita(world: World) -> dict[str, Any]:
    return {"of": world.rita.pk}


WHEN = {"on": "2020-01-02", "at": "09:00", "minutes": "30", "version": "1"}
LATER = WHEN | {"on": str(timezone.now().date() + timedelta(days=3))}

ROWS = [
    row("meetings:calendar", everybody=200),
    row("meetings:calendar", data=of_rita, everybody=200, peer=404),
    row("meetings:feed", everybody=200),
    row("meetings:feed_make", "post", everybody=200),
    row("meetings:feed_revoke", "post", everybody=302),
    # Only the secret opens it; a wrong one is nothing to anybody.
    row("meetings:feed_read", args=["wrong"], public=404),
    row("meetings:meeting_detail", args=a_meeting, **follow(200, 200, 200)),
    row("meetings:meeting_preread", args=a_meeting, **follow(200, 200, 200)),
    row("meetings:preread_read", "post", args=a_meeting, **follow(302, 302, 302)),
    row("meetings:meeting_begin", "post", args=a_meeting, **follow(302)),
    row("meetings:meeting_prepare", "post", args=a_review, **follow(302)),
    row("meetings:meeting_hold", "post", args=running, **follow(302)),
    row("meetings:meeting_move", args=a_meeting, **follow(200, 200)),
    row(
        "meetings:meeting_move",
        "post",
        args=a_meeting,
        data=LATER,
        **follow(302, 302),
    ),
    row("meetings:meeting_outside", args=a_meeting, **follow(200, 200)),
    row(
        "meetings:meeting_outside",
        "post",
        args=a_meeting,
        data=WHEN,
        **follow(302, 302),
    ),
    row("meetings:meeting_again", "post", args=skipped, **follow(302, 302)),
    row("meetings:meeting_drop", args=drop, **follow(200, 200)),
    row(
        "meetings:meeting_drop",
        "post",
        args=drop,
        data={"reason": "Trade fair", "version": "1"},
        **follow(302, 302),
    ),
]
