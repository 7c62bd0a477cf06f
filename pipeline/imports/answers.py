"""What a person answers about an import as a whole: proposed first, then changed.

`ImportRun.answers` holds:
- `process`: the id of a process, or "new"; `process_name`: what a new one is called;
- `stages`: a file's stage name to the id of a stage; for a new process to its kind;
- `order`: the open stages of a new process, first to last;
- `owner`: the id of who owns the rows without an owner;
- `owners`: a file's owner to the id of a person, or "new";
- `products`: a file's product name to the name it means, or null to leave it out;
- `list_price`: whether the list price stands in for an open deal without amount;
- `is_full`: whether the deals are all that the source has, so that others are gone;
- `recalled`: the id of the earlier import that the answers come from;
- `conflicts`: "ours" or "theirs" for `all`; and by kind, for one record and field.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from pipeline.imports.guessing import plain
from pipeline.imports.models import STAGED, FileKind, ImportFile, ImportRun, LastSaid
from pipeline.imports.stagenames import OPEN, in_order, kind_of
from pipeline.opportunities.models import Product
from pipeline.process.models import Process, Stage
from rhythm.people.models import User

NEW = "new"


def values_of(files: Iterable[ImportFile], field: str) -> dict[str, int] | None:
    """Return the different values of a field in `files`, and how often each.

    None when some column has too many to list: then it is not a column of names.
    """
    found: Counter[str] = Counter()
    for file in files:
        column = file.mapping.get(field)
        for each in file.columns:
            if each["name"] == column:
                if each["values"] is None:
                    return None
                found.update(each["values"])
    return dict(found)


def propose(run: ImportRun) -> None:
    """Fill in what can be told from the files and what is here; keep what was answered.

    Costs a query or two each for people, products, processes and stages. Saves the run.
    """
    files = list(run.files.taken())
    deals = [file for file in files if file.kind == FileKind.OPPORTUNITIES]
    owned = [file for file in files if file.kind in OWNED]
    answers = dict(run.answers)
    staged = [file for file in files if file.kind in STAGED]
    _propose_process(answers, list(values_of(staged, "stage") or ()))
    answers["owners"] = _owners(
        values_of(owned, "owner") or {}, answers.get("owners", {})
    )
    answers["products"] = _products(
        values_of(deals, "product") or {},
        _product_names(files),
        answers.get("products", {}),
    )
    answers.setdefault("list_price", True)
    answers.setdefault("owner", None)
    run.answers = answers
    run.save(update_fields=["answers"])


# Of the deals that the last exports had, the share that a full one has at least.
FULL_SHARE = 0.8


def known_deals(source: str) -> int:
    """Return how many deals the source had, as far as its exports were brought in."""
    deals = LastSaid.objects.filter(
        source=source, kind=FileKind.OPPORTUNITIES, is_there=True
    )
    return deals.count()


def is_full(run: ImportRun, deals: Iterable[ImportFile], known: int) -> bool:
    """Return whether the files have all deals of the source, as answered.

    Without an answer: whether they have about as many as the source had so far.
    """
    answered = run.answers.get("is_full")
    if answered is not None:
        return bool(answered)
    rows = sum(file.rows for file in deals)
    return rows > 0 and rows >= FULL_SHARE * known


OWNED = (FileKind.OPPORTUNITIES, FileKind.ACTIVITIES)


def _propose_process(answers: dict[str, Any], names: list[str]) -> None:
    processes = list(Process.objects.in_use())
    known = {process.pk for process in processes}
    chosen = answers.get("process")
    if chosen != NEW and chosen not in known:
        answers["process"] = chosen = _fitting(processes, names)
    answers.setdefault("process_name", "")
    order = [name for name in answers.get("order", []) if name in names]
    answers["order"] = order + [name for name in in_order(names) if name not in order]
    answers["stages"] = match_stages(chosen, names, answers.get("stages", {}))


def _fitting(processes: list[Process], names: list[str]) -> int | str:
    """Return the process that has most of the stages; the default one among equals."""
    if not processes:
        return NEW
    wanted = {plain(name) for name in names}
    fits: Counter[int] = Counter()
    for process_id, name in Stage.objects.values_list("process_id", "name"):
        fits[process_id] += plain(name) in wanted
    best = max(processes, key=lambda each: (fits[each.pk], each.is_default))
    return best.pk


def match_stages(
    process: int | str, names: Iterable[str], answered: dict[str, Any]
) -> dict[str, Any]:
    """Return what each stage name of the file means in the process.

    In a new process that is its kind. In one that is here it is the id of the stage
    of that name, or of that closed kind; None where a person has to say.
    """
    if process == NEW:
        return {
            name: answered[name]
            if isinstance(answered.get(name), str)
            else kind_of(name)
            for name in names
        }
    stages = list(Stage.objects.filter(process_id=process))
    by_name = {plain(stage.name): stage.pk for stage in stages}
    by_kind = {stage.kind: stage.pk for stage in stages if stage.kind != OPEN}
    known = {stage.pk for stage in stages}
    return {
        name: answered[name]
        if answered.get(name) in known
        else by_name.get(plain(name), by_kind.get(kind_of(name)))
        for name in names
    }


def _owners(texts: Iterable[str], answered: dict[str, Any]) -> dict[str, Any]:
    people = list(
        User.objects.active().values_list("pk", "name", "email", "external_id")
    )
    known = {pk for pk, *_ in people}
    found: dict[str, int] = {}
    for pk, name, email, external_id in reversed(people):
        for text in (name, external_id, email):
            if text:
                found[text.strip().casefold()] = pk
    merged = User.objects.get_queryset().filter(merged_into__in=known)
    became: dict[Any, int] = {}
    for pk, name, external_id, real in merged.values_list(
        "pk", "name", "external_id", "merged_into_id"
    ):
        became[pk] = real or pk
        for text in (name, external_id):
            if text:
                found.setdefault(text.strip().casefold(), real or pk)
    answered = {text: became.get(each, each) for text, each in answered.items()}
    return {
        text: answered[text]
        if answered.get(text) == NEW or answered.get(text) in known
        else found.get(text.casefold(), NEW)
        for text in texts
    }


def _product_names(files: Iterable[ImportFile]) -> list[str]:
    """Return the names of products here, and of those that the files bring."""
    here = Product.objects.values_list("name", flat=True)
    brought = [file for file in files if file.kind == FileKind.PRODUCTS]
    return list(dict.fromkeys([*here, *(values_of(brought, "name") or {})]))


def product_names(run: ImportRun) -> list[str]:
    """Return the names that a file's product may mean."""
    return _product_names(run.files.taken())


def _products(
    texts: Iterable[str], names: list[str], answered: dict[str, Any]
) -> dict[str, str | None]:
    exact = {name.casefold(): name for name in names}
    nearly = {plain(name): name for name in reversed(names)}
    return {
        text: answered[text]
        if text in answered
        else exact.get(text.casefold()) or nearly.get(plain(text), text)
        for text in texts
    }
