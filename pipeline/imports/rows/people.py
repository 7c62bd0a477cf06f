"""Rows of people with their teams, and rows of products. Small files, all of them."""

from __future__ import annotations

from pipeline.imports.rows.accounts import ADDRESS
from pipeline.imports.rows.layout import Cells, Parsed
from rhythm.web.words import _

PERSON_LIMIT = 120


def read_person(cells: Cells) -> Parsed:
    """Return a person: name, e-mail if there is one, manager and region or team."""
    parsed = cells.parsed
    parsed.key = cells.key()
    name = cells.line_of_text("name", PERSON_LIMIT, needed=True)
    email = cells.line_of_text("email", 254)
    if email and not ADDRESS.fullmatch(email):
        parsed.notes.append(
            _("%(column)s is no e-mail address; left out")
            % {"column": cells.column("email")}
        )
        email = None
    if not (name or email or parsed.problems):
        cells.refuse(_("It has neither a name nor an e-mail address"))
    parsed.label = name or email or ""
    parsed.values = {
        "name": name or email,
        "email": email,
        "manager": cells.line_of_text("manager", PERSON_LIMIT, needed=True),
        "region": cells.line_of_text("region", PERSON_LIMIT, needed=True),
    }
    said = (email, parsed.values["manager"], parsed.values["region"])
    parsed.detail = " · ".join(filter(None, said))
    return parsed


def read_product(cells: Cells) -> Parsed:
    """Return a product: name, series and list price."""
    parsed = cells.parsed
    parsed.key = cells.key()
    name = cells.line_of_text("name", 160, needed=True)
    if name is None and not parsed.problems:
        cells.refuse(_("It has no name"))
    parsed.label = name or ""
    parsed.values = {
        "name": name,
        "series": cells.line_of_text("series", 120),
        "list_price": cells.amount("list_price"),
    }
    price = parsed.values["list_price"]
    said = (parsed.values["series"], None if price is None else f"{price:,}")
    parsed.detail = " · ".join(filter(None, said))
    return parsed
