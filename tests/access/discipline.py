"""Rhythm kept: leaders see themselves and those below; executives and admins all."""

from __future__ import annotations

from tests.access import World, row


def of_lena(world: World) -> dict[str, str]:
    return {"leader": str(world.lena.pk)}


LEADERS = {"lead": 200, "above": 200, "executive": 200, "admin": 200}
ROWS = [
    row("discipline:kept", owner=403, peer=403, **LEADERS),
    row("discipline:kept_meetings", owner=403, peer=403, **LEADERS),
    row(
        "discipline:kept_meetings",
        data=of_lena,
        owner=403,
        peer=403,
        **LEADERS,
    ),
]
