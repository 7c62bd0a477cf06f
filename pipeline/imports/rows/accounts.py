"""Rows of accounts and of contacts."""

from __future__ import annotations

import re

from pipeline.imports.rows.layout import Cells, Parsed
from rhythm.web.words import _

NAME_LIMIT = 200
ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]{2,}")


def read_account(cells: Cells) -> Parsed:
    """Return an account: its name, and what the file says about it."""
    parsed = cells.parsed
    name = cells.line_of_text("name", NAME_LIMIT, needed=True)
    if name is None and not parsed.problems:
        cells.refuse(_("It has no name"))
    parsed.key = cells.key()
    parsed.label = name or ""
    if cells.flag("is_deleted"):
        parsed.skip = _("Deleted in the CRM")
    parsed.values = {
        "name": name,
        "website": cells.link("website", 300),
        "industry": cells.line_of_text("industry", 120),
        "location": cells.line_of_text("location", 200),
        "external_url": cells.link("external_url", 500),
        "parent_key": cells.reference("parent_key"),
        "parent_name": cells.line_of_text("parent_name", NAME_LIMIT),
    }
    said = (parsed.values[each] for each in ("industry", "location", "website"))
    parsed.detail = " · ".join(filter(None, said))
    return parsed


def read_contact(cells: Cells) -> Parsed:
    """Return a contact: its name, whole or in two parts, and its account."""
    parsed = cells.parsed
    name = cells.line_of_text("name", 160, needed=True)
    if name is None and not parsed.problems:
        parts = (cells.line_of_text(part, 80) for part in ("first_name", "last_name"))
        name = " ".join(filter(None, parts)) or None
    if name is None and not parsed.problems:
        cells.refuse(_("It has no name"))
    parsed.key = cells.key()
    parsed.label = name or ""
    if cells.flag("is_deleted"):
        parsed.skip = _("Deleted in the CRM")
    email = cells.line_of_text("email", 254)
    if email and not ADDRESS.fullmatch(email):
        parsed.notes.append(
            _("%(column)s is no e-mail address; left out")
            % {"column": cells.column("email")}
        )
        email = None
    parsed.values = {
        "name": name,
        "account_key": cells.reference("account_key"),
        "account_name": cells.line_of_text("account_name", NAME_LIMIT),
        "title": cells.line_of_text("title", 160),
        "email": email,
        "phone": cells.line_of_text("phone", 60),
    }
    said = (parsed.values[each] for each in ("title", "account_name", "email"))
    parsed.detail = " · ".join(filter(None, said))
    return parsed
