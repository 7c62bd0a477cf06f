"""The open field of a plan: products by areas, as its reader may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Q, When, Window
from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.accounts.models import CellState
from pipeline.accounts.selectors.deals import PlanDeal
from pipeline.accounts.words import ASKED_BY_NOBODY, CELLS, Look
from pipeline.opportunities.models import Product
from rhythm.people.models import User

# Products that the field shows; those that something is said of come first.
MOST_PRODUCTS = 15
# In the address of a cell, for the whole account.
WHOLE = 0


@dataclass(frozen=True)
class Area:
    """A column of the field. pk is WHOLE for the whole account."""

    pk: int
    name: str


@dataclass(frozen=True)
class Cell:
    """How a product stands in an area."""

    look: Look
    note: str
    deal: PlanDeal | None
    area: str
    url: str


@dataclass(frozen=True)
class FieldRow:
    """A product with its cells, one for each area."""

    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Field:
    """The whole field."""

    areas: Sequence[Area]
    rows: Sequence[FieldRow]
    # How many cells stand open: nobody asked, not yet, or a competitor has it.
    open: int
    sold: int
    # Products that are offered and not shown.
    more: int


def field_of(
    plan_id: int,
    areas: Sequence[dict[str, Any]],
    cells: Sequence[dict[str, Any]],
    deals: Sequence[PlanDeal],
    viewer: User | None,
) -> Field:
    """Return the field. One query, for the products.

    viewer None asks nothing: only products of which somebody said something show.

    A cell that names a deal shows to whom that deal is visible; to others, nobody has
    asked yet. In the whole account, what deals say of a product fills in where nobody
    said anything.
    """
    by_key = {each.pk: each for each in deals}
    said = {
        (each["area"] or WHOLE, each["product"]): each
        for each in cells
        if each["state"] != CellState.DEAL or each["deal"] in by_key
    }
    columns = [Area(each["pk"], each["name"]) for each in areas]
    if not columns or any(area == WHOLE for area, _product in said):
        columns.insert(0, Area(WHOLE, _("Whole account")))
    if viewer is None:
        names = {each["product"]: each["product_name"] for each in said.values()}
        products, more = sorted(names.items(), key=lambda each: each[1]), 0
    else:
        products, more = _products(said, deals, viewer)
    is_alone = len(columns) == 1
    rows = [
        FieldRow(
            name,
            [_cell(plan_id, area, pk, said, by_key, is_alone) for area in columns],
        )
        for pk, name in products
    ]
    every = [cell for row in rows for cell in row.cells]
    return Field(
        areas=columns,
        rows=rows,
        open=sum(each.look.css in ("open", "not_yet", "competitor") for each in every),
        sold=sum(each.look.css == CellState.SOLD for each in every),
        more=more,
    )


def _products(
    said: Mapping[tuple[int, int], dict[str, Any]],
    deals: Sequence[PlanDeal],
    viewer: User,
) -> tuple[list[tuple[int, str]], int]:
    """Return key and name of the products to show, and how many more are offered."""
    named = {product for _area, product in said}
    named |= {product for deal in deals for product in deal.products}
    offered = Product.objects.visible_to(viewer)
    found = offered.filter(Q(pk__in=named) | Q(is_active=True)).order_by(
        Case(When(pk__in=named, then=0), default=1), "name", "pk"
    )
    # Counted along, since the rest is not read.
    rows = found.values_list("series", "name", "pk", Window(Count("pk")))
    shown = sorted(rows[:MOST_PRODUCTS])
    more = shown[0][3] - len(shown) if shown else 0
    return [(pk, name) for _series, name, pk, _count in shown], more


def _cell(
    plan_id: int,
    area: Area,
    product: int,
    said: Mapping[tuple[int, int], dict[str, Any]],
    deals: Mapping[int, PlanDeal],
    is_alone: bool,
) -> Cell:
    url = reverse("accounts:field_cell", args=[plan_id, area.pk, product])
    found = said.get((area.pk, product))
    if found:
        deal = deals.get(found["deal"]) if found["deal"] else None
        look = _look(found["state"], deal)
        return Cell(look, found["note"], deal, area.name, url)
    if is_alone and area.pk == WHOLE:
        # Open ones stand before those that were won.
        for deal in deals.values():
            if product in deal.products and (deal.is_open or deal.is_won):
                look = _look(CellState.DEAL, deal)
                return Cell(look, "", deal, area.name, url)
    return Cell(ASKED_BY_NOBODY, "", None, area.name, url)


def _look(state: str, deal: PlanDeal | None) -> Look:
    """Return what was said; of a deal that was closed since, what became of it."""
    if deal is None or deal.is_open:
        return CELLS[state]
    return CELLS[CellState.SOLD if deal.is_won else CellState.NOT_YET]
