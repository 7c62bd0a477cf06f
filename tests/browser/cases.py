"""A page that the browser tests open and check. Append yours to its app's `pages`.

    PageCase("opportunities:board", "lena")
    PageCase(
        "opportunities:opportunity_detail", "rita",
        lambda get: [OpportunityFactory(owner=get("rita")).pk],
    )

The person is a fixture of the cast, or "" for the signed-out. `get` gives any fixture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PageCase:
    """A page as one of the cast sees it."""

    name: str
    person: str
    # Makes what the page shows and returns the arguments of its address.
    args: Callable[[Callable[[str], Any]], list[Any]] = lambda get: []
    # What comes after the address: "?view=table".
    query: str = ""

    def __str__(self) -> str:
        return f"{self.name}{self.query}-{self.person or 'signed-out'}"
