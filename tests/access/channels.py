from rhythm.notices import vault
from rhythm.notices.models import ChannelKind
from tests.access import World, row
from tests.factories.channels import ChannelFactory

NEW = {
    "name": "#central",
    "kind": "slack",
    "address": "https://hooks.example.com/services/T0/B0/x",
    "occasions": ["reviews.minutes"],
}


def centrals(world: World) -> list[int]:
    """Return the channel of Lena's team."""
    values = {"team": world.central, "kind": ChannelKind.JSON, "made_by": world.lena}
    return [ChannelFactory(**values).pk]


def everybodys(world: World) -> list[int]:
    return [ChannelFactory(made_by=world.ada).pk]


def changing_over(world: World) -> list[int]:
    values = {"team": world.central, "kind": ChannelKind.JSON, "made_by": world.lena}
    return [ChannelFactory(**values, locked_old_secret=vault.lock("old")).pk]


def of_central(world: World) -> dict[str, object]:
    return NEW | {"team": world.central.pk}


OTHERS = {"owner": 404, "peer": 404, "executive": 404}
# Those of a team are for who leads it, from however far above, and for admins.
LEADERS = OTHERS | {"lead": 200, "above": 200, "admin": 200}
DONE = OTHERS | {"lead": 302, "above": 302, "admin": 302}
ADMINS = OTHERS | {"lead": 404, "above": 404, "admin": 200}

ROWS = [
    row("notices:channel_list", **LEADERS),
    row("notices:channel_create", **LEADERS),
    row("notices:channel_create", "post", data=of_central, **DONE),
    # Everybody's is for admins to make.
    row(
        "notices:channel_create",
        "post",
        data=NEW,
        **LEADERS | {"lead": 422, "above": 422, "admin": 302},
    ),
    row("notices:channel_detail", args=centrals, **LEADERS),
    row("notices:channel_detail", args=everybodys, **ADMINS),
    row("notices:channel_edit", args=centrals, **LEADERS),
    row("notices:channel_edit", args=everybodys, **ADMINS),
    row("notices:channel_test", "post", args=centrals, **DONE),
    row("notices:channel_renew", "post", args=centrals, **LEADERS),
    row("notices:channel_forget", "post", args=changing_over, **DONE),
    row("notices:channel_switch", "post", args=centrals, **DONE),
]
