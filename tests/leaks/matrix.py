"""Sends the requests of tests/access/ as every person, and looks what comes back."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from pipeline.opportunities.models import Opportunity
from pipeline.reviews.models import ReviewItem
from tests import access
from tests.access import SIGN_IN, Row, World
from tests.access.people import doras
from tests.leaks.canaries import Canaries
from tests.leaks.organisation import (
    ANONYMOUS,
    PERSONAS,
    RELATIONS,
    TEAM_OF,
    add_to,
    leaders,
)
from tests.test_access import made, sign_in

ROWS: list[Row] = [
    row
    for found in pkgutil.iter_modules(access.__path__)
    for row in importlib.import_module(f"tests.access.{found.name}").ROWS
]
# As wide as a list can be asked for: every word begins like this.
WIDE = {"q": "zq", "who": "all", "days": "all", "show": "all", "status": "all"}
FEW = (ANONYMOUS, "rita", "vera", "max", "ada", "dora")
CONCERNED = {
    "otto": ("otto", "omar", "rita", "lena", "max"),
    # She came from Eva's team to Lena's.
    "mia": ("mia", "eva", "lena", "pia"),
    "dora": ("dora", "lena", "pia", "omar"),
    "lena": ("lena", "vera", "rita", "omar"),
}
# Tables in which anybody's request may leave something.
OWN = ("django_session", "cache", "people_user")


def relations_of(row: Row) -> Sequence[str]:
    """Return whose records make a difference to this row.

    Nobody's, where all but admins are refused anyway. What is posted goes through the
    same doors as what is read, so one owner beside Rita is enough there.
    """
    is_of_somebody = callable(row.args) or callable(row.data)
    refused = {row.expected[each] for each in ("owner", "lead", "peer", "above")}
    if not is_of_somebody or refused == {404}:
        return ("rita",)
    if row.method == "get":
        return tuple(RELATIONS)
    # Somebody who left is the same person, whoever stands in for Rita.
    return ("rita",) if row.args is doras else ("rita", "otto")


def personas_of(row: Row, relation: str) -> Sequence[str]:
    """Return who is asked: everybody about Rita's, and whom another owner concerns."""
    if relation != "rita":
        return CONCERNED[relation]
    signed_in = {row.expected[each] for each in ("owner", "lead", "peer", "above")}
    # What only admins know of is the same nothing for all the others.
    return FEW if signed_in == {404} else PERSONAS


CELLS = [(row, relation) for row in ROWS for relation in relations_of(row)]


def role(persona: str, relation: str) -> str:
    """Return which column of the row's table holds for the person."""
    owner, lead, _team = RELATIONS[relation]
    if persona == ANONYMOUS:
        return "signed_out"
    fixed = {"dora": "deactivated", "max": "executive", "ada": "admin"}
    fixed |= {owner: "owner", lead: "lead"} if owner != "dora" else {lead: "lead"}
    if persona in fixed:
        return fixed[persona]
    return "above" if persona in leaders(owner) else "peer"


class Asker:
    """Asks as one person after the other; what they change is undone each time."""

    def __init__(self, canaries: Canaries) -> None:
        self.canaries = canaries
        self.requests = 0

    def problems(
        self, row: Row, relation: str, personas: Sequence[str] | None = None
    ) -> Iterator[str]:
        """Yield what any person gets from the row that is not for them."""
        company = self.canaries.company
        world = company.cast(relation)
        marks = self.canaries.marks()
        url = reverse(row.name, args=made(row.args, world))
        data = made(row.data, world)
        add_to(
            company,
            relation,
            Opportunity.objects.filter(pk__gt=marks[Opportunity]),
            ReviewItem.objects.filter(pk__gt=marks[ReviewItem]),
        )
        self.canaries.write(after=marks)
        for persona in personas or personas_of(row, relation):
            variants = list(self._variants(row, data, world))
            # How it is asked for and whose it is are independent of each other.
            for values, htmx in variants if relation == "rita" else variants[-1:]:
                for problem in self._ask(row, relation, persona, url, values, htmx):
                    how = "htmx" if htmx else "plain"
                    yield f"{row} of {relation}: {persona} ({how}) {problem}"

    def _variants(
        self, row: Row, data: Any, world: World
    ) -> Iterator[tuple[Any, bool]]:
        yield data, False
        if row.method != "get":
            yield data, True
            return
        yield {**data, **WIDE}, True
        if not callable(row.args):
            # Somebody else's, named in the address.
            owner = self.canaries.company.people["otto"].pk
            team = world.west.pk
            yield {**data, "owner": owner, "who": owner, "team": team}, False

    def _ask(
        self,
        row: Row,
        relation: str,
        persona: str,
        url: str,
        data: Any,
        htmx: bool,
    ) -> Iterator[str]:
        self.requests += 1
        browser = Client(headers={"HX-Request": "true"} if htmx else {})
        with transaction.atomic():
            if persona != ANONYMOUS:
                sign_in(browser, self.canaries.company.people[persona])
            before = written()
            response = getattr(browser, row.method)(url, data)
            answer = whole(response)
            is_refused = refuses(response)
            # Asked only where something was written: it reads every row.
            after = rows() if is_refused and written() != before else None
            transaction.set_rollback(True)
        if after is not None and after != rows():
            yield f"was refused ({response.status_code}), and changed something"
        wanted = self._refusal(row, relation, persona)
        if wanted and not is_refused:
            yield f"got {response.status_code} and should have been refused"
        elif wanted == 404 and response.status_code != 404:
            yield f"learns by a {response.status_code} that there is something"
        yield from self.canaries.leaked_to(persona, answer)

    def _refusal(self, row: Row, relation: str, persona: str) -> int | None:
        """Return how the table refuses this person; None if it does not.

        Lists refuse nobody, and whoever is not signed in is asked to sign in.
        """
        if row.is_public:
            return None
        who = role(persona, relation)
        if who in ("signed_out", "deactivated"):
            return SIGN_IN
        if not callable(row.args):
            # What a person may start depends on who they are, not on whose it is.
            return None
        team = RELATIONS[relation][2]
        # Teams below know of its meetings, and are not in the room.
        in_it = TEAM_OF.get(persona) == team
        in_it |= team == "sales" and not row.name.startswith("runner:")
        if (
            row.name.startswith(("reviews:", "accounts:review_"))
            and who == "peer"
            and in_it
        ):
            # Members of the team take part in its review.
            return None
        if row.name.startswith(("meetings:", "runner:")) and who == "peer" and in_it:
            # They are in its meetings as Rita is.
            found = row.expected["owner"]
            return found if found in (403, 404) else None
        if row.name.startswith("calendar:") and who == "peer" and in_it:
            # They know of the rules of their team, and do not change them.
            return 403 if row.expected[who] == 404 else None
        if (relation, who) in (("lena", "owner"), ("dora", "lead")):
            # The table's owner leads nobody, and is there to act for herself.
            return None
        found = row.expected[who]
        return found if found in (403, 404) else None


def refuses(response: HttpResponse) -> bool:
    """Return whether the answer says no, or asks to sign in first."""
    if response.status_code >= 400:
        return True
    to = response.headers.get("HX-Redirect") or response.headers.get("Location", "")
    return to.startswith(reverse(settings.LOGIN_URL))


def whole(response: Any) -> str:
    """Return headers, cookies and body of an answer, as one text."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return f"{headers}\n{response.cookies.output()}\n{body(response)}"


def body(response: Any) -> str:
    content = response.getvalue() if response.streaming else response.content
    return bytes(content).decode("utf-8", "replace")


def written() -> list[tuple[str, int]]:
    """Return how many rows of each table this transaction has written so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del"
            " FROM pg_stat_xact_user_tables WHERE relname <> ALL(%s) ORDER BY 1",
            [list(OWN)],
        )
        return cursor.fetchall()


def rows() -> dict[str, str]:
    """Return a hash of all rows of each table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in OWN:
                name = connection.ops.quote_name(table)
                cursor.execute(
                    f"SELECT md5(string_agg(t::text, '' ORDER BY t::text))"
                    f" FROM {name} t"
                )
                found[table] = cursor.fetchone()[0]
    return found
