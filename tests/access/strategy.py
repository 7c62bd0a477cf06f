"""What counts now: everybody reads what concerns them; who leads a team says it."""

from __future__ import annotations

from tests.access import World, row


def central(world: World) -> list[int]:
    return [world.central.pk]


SAID = {"first": "Call first", "second": "", "third": "", "until": "", "version": "0"}
LEADERS = {"lead": 200, "above": 200, "peer": 403, "owner": 403}
ROWS = [
    row("strategy:priority_list", everybody=200),
    row(
        "strategy:priorities_edit",
        args=central,
        **LEADERS,
        executive=403,
        admin=403,
    ),
    row(
        "strategy:priorities_edit",
        "post",
        args=central,
        data=SAID,
        **LEADERS | {"lead": 302, "above": 302},
        executive=403,
        admin=403,
    ),
]
