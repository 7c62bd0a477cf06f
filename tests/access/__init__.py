"""Who may get what: one table per app, read by tests/test_access.py.

Each module here has `ROWS`, a list of `row(...)`, at least one for each URL name. The
people stand where access differs: `owner` Rita, `lead` Lena who leads her, `peer` Otto
from another team, `above` Vera who leads Lena, `executive` Max, `admin` Ada,
`signed_out`, and `deactivated` Dora. Unless a row says otherwise, the last two are sent
to the sign-in page.

    row("opportunities:opportunity_detail", args=ritas_deal,
        owner=200, lead=200, peer=404, above=200, executive=200, admin=200)
    row("opportunities:move_stage", "post", args=ritas_deal, data={"to": "1"}, ...)

`args` and `data` are values, or functions of the `World` that may make what they need:
`args=lambda world: [OpportunityFactory(owner=world.rita).pk]`. What they make is there
for every person of the row; what a request changes is undone before the next one.
`everybody=200` and `admins=200` set the usual patterns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rhythm.people.models import Organisation, Team, User

PERSONAS = (
    "owner",
    "lead",
    "peer",
    "above",
    "executive",
    "admin",
    "signed_out",
    "deactivated",
)
SIGN_IN = 302


@dataclass(frozen=True)
class World:
    """The cast and their teams, for the functions that make a row's objects."""

    organisation: Organisation
    sales: Team
    central: Team
    west: Team
    rita: User
    lena: User
    otto: User
    omar: User
    vera: User
    max: User
    ada: User
    dora: User

    def person(self, persona: str) -> User | None:
        """Return who plays `persona`; None is somebody signed out."""
        return {
            "owner": self.rita,
            "lead": self.lena,
            "peer": self.otto,
            "above": self.vera,
            "executive": self.max,
            "admin": self.ada,
            "deactivated": self.dora,
        }.get(persona)


type Made[T] = T | Callable[[World], T]


@dataclass(frozen=True)
class Row:
    """What each persona gets from one URL by one method."""

    name: str
    method: str
    args: Made[Sequence[Any]] = ()
    data: Made[Mapping[str, Any]] = field(default_factory=dict)
    expected: Mapping[str, int] = field(default_factory=dict)
    # Answers the signed-out itself instead of sending them to the sign-in page.
    is_public: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def row(
    name: str,
    method: str = "get",
    *,
    args: Made[Sequence[Any]] = (),
    data: Made[Mapping[str, Any]] | None = None,
    everybody: int | None = None,
    admins: int | None = None,
    public: int | None = None,
    **expected: int,
) -> Row:
    """Return a row. Named personas win over `everybody`, `admins` and `public`.

    everybody: whoever is signed in. admins: Ada; the others get 404. public: all,
    the signed-out and the deactivated too.
    """
    signed_in = PERSONAS[:-2]
    found: dict[str, int] = dict.fromkeys(PERSONAS[-2:], SIGN_IN)
    if public is not None:
        found = dict.fromkeys(PERSONAS, public)
    if everybody is not None:
        found |= dict.fromkeys(signed_in, everybody)
    if admins is not None:
        found |= dict.fromkeys(signed_in, 404) | {"admin": admins}
    found |= expected
    assert set(found) == set(PERSONAS), f"{name} says nothing of some: {found}"
    return Row(name, method, args, data or {}, found, is_public=public is not None)
