"""The deals that a bar counts, one row each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.movement.bars import Bar
from pipeline.movement.days import Span
from pipeline.movement.selectors.asof import Scope, both_ends, fetch
from pipeline.opportunities.models import Opportunity
from pipeline.process.models import Stage
from rhythm.people.models import User
from rhythm.web.formats import NOTHING, day, money
from rhythm.web.pages import Numbered

PAGE = 50
# Further on, a narrower choice is of more use than another page.
LAST_PAGE = 200


@dataclass(frozen=True)
class Told:
    """How values are written for the reader."""

    today: date
    currency: str


@dataclass(frozen=True)
class Was:
    """A value before and after; `old` is empty where there was no change."""

    new: str
    old: str = ""


@dataclass(frozen=True)
class DealRow:
    """One deal of a bar, ready to be printed."""

    id: int
    title: str
    name: str
    owner: Was
    stage: Was
    amount: Was
    close: Was
    # What it adds to the bar, with its sign.
    value: str


@dataclass(frozen=True)
class Rows(Numbered[DealRow]):
    """A page of a bar's deals, and what all of them come to."""

    deals: int
    value: Decimal
    value_text: str


def rows_of(
    viewer: User, scope: Scope, span: Span, bar: Bar, number: int, told: Told
) -> Rows:
    """Return a page of the deals that the bar counts, the largest first.

    Five queries for any number of deals.
    """
    ends, parameters = both_ends(viewer, scope, span)
    # Every part is a constant of ours; every value is a parameter.
    counted = f"SELECT *, {bar.value} AS counted FROM ({ends}) moved WHERE {bar.holds}"  # noqa: S608
    return page_of(counted, parameters, number, told)


def page_of(counted: str, parameters: dict[str, Any], number: int, told: Told) -> Rows:
    """Return a page of the rows that the SQL `counted` finds, with all they come to.

    It gives what `BOTH_ENDS` does, and `counted`: what the row adds to its bar.
    """
    number = min(max(number, 1), LAST_PAGE)
    sums = f"""
        SELECT count(*) AS deals, coalesce(sum(counted), 0) AS value
        FROM ({counted}) all_of_it
    """  # noqa: S608
    [total] = fetch(sums, parameters)
    paged = f"""
        SELECT * FROM ({counted}) all_of_it ORDER BY abs(counted) DESC, id DESC
        LIMIT %(page)s OFFSET %(skipped)s
    """  # noqa: S608
    place = {"page": PAGE + 1, "skipped": (number - 1) * PAGE}
    found = fetch(paged, parameters | place)
    return Rows(
        rows=list(_rows(found[:PAGE], told)),
        number=number,
        has_next=len(found) > PAGE and number < LAST_PAGE,
        deals=total["deals"],
        value=total["value"],
        value_text=money(total["value"], told.currency),
    )


def _rows(found: list[dict[str, Any]], told: Told) -> Iterable[DealRow]:
    deals = Opportunity.objects.select_related("account").in_bulk(
        [each["id"] for each in found]
    )
    owners = _names(User, found, "owner_id")
    stages = _names(Stage, found, "stage_id")
    for each in found:
        deal = deals.get(each["id"])
        if deal is None:
            continue
        # What began in these days was nothing before.
        was = each["was_there"]
        yield DealRow(
            id=deal.pk,
            title=deal.account.name if deal.account else deal.name,
            name=deal.name,
            owner=_was(each, "owner_id", was, lambda key: owners.get(key, NOTHING)),
            stage=_was(each, "stage_id", was, lambda key: stages.get(key, NOTHING)),
            amount=_was(each, "amount", was, lambda value: money(value, told.currency)),
            close=_was(each, "close_on", was, lambda value: day(value, told.today)),
            value=money(each["counted"], told.currency),
        )


def _was(row: dict[str, Any], name: str, was_there: bool, told: Any) -> Was:
    new, old = row[f"new_{name}"], row[f"old_{name}"]
    return Was(told(new), told(old) if was_there and old != new else "")


def _names(model: Any, found: list[dict[str, Any]], column: str) -> dict[int, str]:
    """Return the names behind a column, at both ends. One query."""
    keys = {each[f"{end}_{column}"] for each in found for end in ("old", "new")}
    records = model._default_manager.in_bulk(keys - {None})
    return {key: str(record) for key, record in records.items()}
