"""Imports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipeline.opportunities.models import Source
from tests.browser.cases import PageCase
from tests.imports.steps import a_file, check
from tests.imports.steps import upload as imported

IMPORTED = (
    "id,name,stage,amount,close date\n1,Trench,Discover,5,2026-01-02\n2,Cable,,5,\n"
)


def an_import(get: Callable[[str], Any]) -> list[Any]:
    """Return an import of one file of deals, with questions still open."""
    return [imported(get("ada"), a_file("deals.csv", IMPORTED)).pk]


def a_source(get: Callable[[str], Any]) -> list[Any]:
    return [Source.objects.create(name="crm", title="CRM", owned=["stage"]).pk]


def a_checked_import(get: Callable[[str], Any]) -> list[Any]:
    """Return an import that is checked: one row comes in, one is refused."""
    ada = get("ada")
    run = imported(ada, a_file("deals.csv", IMPORTED))
    return [check(run, process_name="Sales", owner=ada.pk).pk]


PAGES = [
    PageCase("imports:import_list", "ada"),
    PageCase("imports:import_create", "ada"),
    PageCase("imports:source_edit", "ada", a_source),
    PageCase("imports:import_files", "ada", an_import),
    PageCase("imports:import_columns", "ada", an_import),
    PageCase("imports:import_matching", "ada", an_import),
    PageCase("imports:import_detail", "ada", a_checked_import),
]
