"""What stages, owners and products mean, as the matching page says it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pipeline.imports.answers import NEW
from pipeline.imports.models import ImportRun
from pipeline.imports.selectors.matching import people_by_text
from pipeline.imports.stagenames import KINDS
from rhythm.web.numbers import whole_number

LEAVE_OUT = "-"


def chosen_process(data: Any) -> dict[str, Any]:
    """Return the process alone; its stages are proposed anew."""
    value = data.get("process", "")
    if value == NEW:
        return {"process": NEW}
    process = whole_number(value)
    return {} if process is None else {"process": process}


def chosen_answers(run: ImportRun, data: Any) -> dict[str, Any]:
    """Return the answers. Raises ValidationError for a person who does not exist."""
    people = people_by_text()
    problems: list[str] = []
    answers = {
        **_stages(run, data),
        "owners": _owners(run, data, people, problems),
        "products": _products(run, data),
        "list_price": data.get("list_price") != "no",
        **({"is_full": data["is_full"] == "yes"} if "is_full" in data else {}),
    }
    if "owner" in data:
        text = data["owner"].strip()
        answers["owner"] = people.get(text)
        if text and answers["owner"] is None:
            problems.append(_not_found(text))
    if problems:
        raise ValidationError(problems)
    return answers


def _not_found(text: str) -> str:
    return _("Nobody is called “%(text)s”. Choose somebody from the list.") % {
        "text": text[:100]
    }


def _stages(run: ImportRun, data: Any) -> dict[str, Any]:
    names = list(run.answers.get("order", []))
    process = run.answers.get("process")
    stages: dict[str, Any] = {}
    positions: dict[str, int] = {}
    for place, name in enumerate(names):
        value = data.get(f"stage-{place}", "")
        if process == NEW:
            stages[name] = value if value in KINDS else None
        else:
            stages[name] = whole_number(value)
        position = whole_number(data.get(f"order-{place}"))
        positions[name] = place + 1 if position is None else position
    found: dict[str, Any] = {"stages": stages}
    if process == NEW:
        found["process_name"] = " ".join(_plain(data.get("process_name", "")).split())[
            :120
        ]
        found["order"] = sorted(names, key=lambda name: positions[name])
    return found


def _plain(text: str) -> str:
    """Return the text without what the database cannot hold."""
    return text.replace("\0", "")


def _owners(
    run: ImportRun, data: Any, people: dict[str, int], problems: list[str]
) -> dict[str, Any]:
    owners: dict[str, Any] = {}
    for place, (text, answer) in enumerate(run.answers.get("owners", {}).items()):
        chosen = data.get(f"owner-{place}")
        if chosen is None:
            owners[text] = answer
        elif not chosen.strip():
            owners[text] = NEW
        elif chosen.strip() in people:
            owners[text] = people[chosen.strip()]
        else:
            problems.append(_not_found(chosen.strip()))
            owners[text] = answer
    return owners


def _products(run: ImportRun, data: Any) -> dict[str, str | None]:
    products: dict[str, str | None] = {}
    for place, (text, answer) in enumerate(run.answers.get("products", {}).items()):
        chosen = data.get(f"product-{place}")
        if chosen is None:
            products[text] = answer
        else:
            name = _plain(chosen)[:160]
            products[text] = None if name == LEAVE_OUT else name or text
    return products
