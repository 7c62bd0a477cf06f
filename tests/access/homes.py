from typing import Any

from tests.access import World, row
from tests.factories.opportunities import AccountFactory, ContactFactory
from tests.factories.people import UserFactory


def ritas(world: World) -> list[int]:
    return [world.rita.pk]


def nobodys(world: World) -> list[int]:
    """Return somebody whom an import knew by name."""
    return [UserFactory(email=None).pk]


def account(world: World) -> list[Any]:
    return ["accounts", AccountFactory().pk]


def accounts(world: World) -> list[Any]:
    return [*account(world), AccountFactory().pk]


def contacts(world: World) -> list[Any]:
    return ["contacts", ContactFactory().pk, ContactFactory().pk]


READERS = {"executive": 403}
MERGE = {"stays": "one", "version_one": 1, "version_other": 1}

# Setup belongs to admins alone: for others it is not there.
ROWS = [
    row("homes:home", everybody=302),
    row("homes:week", everybody=200),
    row(
        "homes:team_week",
        owner=404,
        lead=200,
        peer=404,
        above=200,
        executive=404,
        admin=404,
    ),
    row(
        "homes:scorecard",
        owner=404,
        lead=404,
        peer=404,
        above=404,
        executive=200,
        admin=200,
    ),
    row("homes:search", data={"q": "rita"}, everybody=200),
    row("homes:duplicate_list", args=["accounts"], everybody=200, **READERS),
    row("homes:duplicate_list", args=["contacts"], everybody=200, **READERS),
    row("homes:duplicate_find", args=account, everybody=200, **READERS),
    row("homes:record_merge", args=accounts, everybody=200, **READERS),
    row("homes:record_merge", args=contacts, everybody=200, **READERS),
    row(
        "homes:record_merge",
        "post",
        args=accounts,
        data=MERGE,
        everybody=302,
        **READERS,
    ),
    row(
        "homes:record_merge",
        "post",
        args=contacts,
        data=MERGE,
        everybody=302,
        **READERS,
    ),
    row("homes:duplicate_dismiss", "post", args=accounts, everybody=302, **READERS),
    row("homes:setup", admins=200),
    row("homes:health", admins=200),
    row("homes:organisation_edit", admins=200),
    row("homes:organisation_edit", "post", data={"name": ""}, admins=422),
    row("homes:person_invite", admins=200),
    row("homes:person_invite", "post", data={"name": ""}, admins=422),
    row("homes:person_invite_again", args=ritas, admins=200),
    row("homes:person_invite_again", "post", args=ritas, admins=200),
    row("homes:second_factor_reset", args=ritas, admins=200),
    # There is none to reset.
    row("homes:second_factor_reset", "post", args=ritas, admins=422),
    row("homes:person_merge", args=nobodys, admins=200),
    row("homes:person_merge", "post", args=nobodys, data={}, admins=422),
    row("homes:person_deactivate", args=ritas, admins=200),
    row("homes:person_deactivate", "post", args=ritas, admins=302),
]
