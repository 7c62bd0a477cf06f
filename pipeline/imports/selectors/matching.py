"""Stages, owners, products and amounts of the files, and what they mean here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from pipeline.imports.answers import (
    NEW,
    OWNED,
    is_full,
    known_deals,
    product_names,
    values_of,
)
from pipeline.imports.models import STAGED, FileKind, ImportFile, ImportRun
from pipeline.imports.questions import has_deals, lacks_owner
from pipeline.process.models import Process, Stage
from rhythm.people.models import User


@dataclass(frozen=True)
class StageLine:
    """A stage name of the file, and its stage: an id, or the kind of a new one."""

    place: int
    text: str
    rows: str
    answer: Any
    position: int


@dataclass(frozen=True)
class OwnerLine:
    place: int
    text: str
    rows: str
    # How the chosen person is written in the field; empty makes a new one.
    person: str
    # Whether a file of people has this one.
    is_in_file: bool


@dataclass(frozen=True)
class ProductLine:
    place: int
    text: str
    rows: str
    # The name that it means; None leaves it out.
    name: str | None
    is_exact: bool


@dataclass(frozen=True)
class Matching:
    """What the matching page shows."""

    has_deals: bool
    processes: list[tuple[int, str]]
    process: int | str
    process_name: str
    stages: list[StageLine]
    choices: list[tuple[int, str]]
    owners: list[OwnerLine]
    # Of the owners, those whom neither a person nor a file of people matches.
    unknown_owners: int
    people: list[str]
    needs_owner: bool
    owner: str
    products: list[ProductLine]
    unlike_products: list[ProductLine]
    product_names: list[str]
    without_amount: int
    list_price: bool
    # Whether the source had deals before, and whether these are all that it has.
    asks_full: bool
    is_full: bool

    @property
    def without_amount_shown(self) -> str:
        return f"{self.without_amount:,}"


def person_text(pk: int, name: str, email: str | None) -> str:
    """Return how a person is written where one is typed or chosen; unmistakable."""
    return f"{name} <{email}>" if email else f"{name} (no. {pk})"


def people_by_text() -> dict[str, int]:
    """Return everybody who is active, by how they are written."""
    people = User.objects.active().order_by("name", "pk")
    return {
        person_text(pk, name, email): pk
        for pk, name, email in people.values_list("pk", "name", "email")
    }


def matching(run: ImportRun) -> Matching:
    """Return what the matching page shows. Costs the same queries for any files."""
    files = list(run.files.taken())
    deals = [file for file in files if file.kind == FileKind.OPPORTUNITIES]
    answers = run.answers
    known = known_deals(run.source) if deals else 0
    people = people_by_text()
    texts = {pk: text for text, pk in people.items()}
    owners = _owners(files, answers, texts)
    names = product_names(run)
    products = _products(deals, answers, names)
    process = answers.get("process", NEW)
    return Matching(
        has_deals=has_deals(files),
        processes=[(each.pk, each.name) for each in Process.objects.in_use()],
        process=process,
        process_name=answers.get("process_name", ""),
        stages=_stages([file for file in files if file.kind in STAGED], answers),
        choices=_stage_choices(process),
        owners=owners,
        unknown_owners=sum(not line.person and not line.is_in_file for line in owners),
        people=list(people),
        needs_owner=lacks_owner(files),
        owner=texts.get(answers.get("owner") or 0, ""),
        products=products,
        unlike_products=[line for line in products if not line.is_exact],
        product_names=names,
        without_amount=_without_amount(deals),
        list_price=bool(answers.get("list_price")),
        asks_full=bool(deals) and bool(known),
        is_full=is_full(run, deals, known),
    )


def _stages(deals: list[ImportFile], answers: dict[str, Any]) -> list[StageLine]:
    counts = values_of(deals, "stage") or {}
    stages = answers.get("stages", {})
    order = [name for name in answers.get("order", []) if name in stages]
    return [
        StageLine(
            place=place,
            text=name,
            rows=f"{counts.get(name, 0):,}",
            answer=stages[name],
            position=place + 1,
        )
        for place, name in enumerate(order)
    ]


def _stage_choices(process: int | str) -> list[tuple[int, str]]:
    if process == NEW:
        return []
    stages = Stage.objects.filter(process_id=process).order_by("position")
    return [(stage.pk, stage.name) for stage in stages]


def _owners(
    files: list[ImportFile], answers: dict[str, Any], texts: dict[int, str]
) -> list[OwnerLine]:
    owned = [file for file in files if file.kind in OWNED]
    counts = values_of(owned, "owner") or {}
    people = [file for file in files if file.kind == FileKind.PEOPLE]
    named: Counter[str] = Counter()
    for field in ("name", "email", "external_id", "manager"):
        named.update(values_of(people, field) or {})
    known = {text.casefold() for text in named}
    return [
        OwnerLine(
            place=place,
            text=text,
            rows=f"{counts.get(text, 0):,}",
            person=texts.get(answer, "") if isinstance(answer, int) else "",
            is_in_file=text.casefold() in known,
        )
        for place, (text, answer) in enumerate(answers.get("owners", {}).items())
    ]


def _products(
    deals: list[ImportFile], answers: dict[str, Any], names: list[str]
) -> list[ProductLine]:
    counts = values_of(deals, "product") or {}
    known = set(names)
    return [
        ProductLine(
            place=place,
            text=text,
            rows=f"{counts.get(text, 0):,}",
            name=name,
            is_exact=name == text and text in known,
        )
        for place, (text, name) in enumerate(answers.get("products", {}).items())
    ]


def _without_amount(deals: list[ImportFile]) -> int:
    """Return how many rows have no amount, if their product could lend its price."""
    missing = 0
    for file in deals:
        if "product" not in file.mapping:
            continue
        column = file.mapping.get("amount")
        filled = next(
            (each["filled"] for each in file.columns if each["name"] == column), 0
        )
        missing += file.rows - file.broken_rows - filled
    return missing
