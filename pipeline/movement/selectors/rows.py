"""The deals that a bar counts, one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.movement.bars import Bar
from pipeline.movement.days import Span
from pipeline.movement.selectors.asof import Scope, both_ends, fetch
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


# The page and what all rows come to, with the names behind the keys.
_PAGE = """
    SELECT shown.*, deal.name, account.name AS account,
        old_owner.name AS old_owner, new_owner.name AS new_owner,
        old_stage.name AS old_stage, new_stage.name AS new_stage
    FROM (
        SELECT *, count(*) OVER () AS deals, sum(counted) OVER () AS value
        FROM ({counted}) all_of_it ORDER BY abs(counted) DESC, id DESC
        LIMIT %(page)s OFFSET %(skipped)s
    ) shown
    JOIN opportunities_opportunity deal ON deal.id = shown.id
    LEFT JOIN opportunities_account account ON account.id = deal.account_id
    LEFT JOIN people_user old_owner ON old_owner.id = old_owner_id
    LEFT JOIN people_user new_owner ON new_owner.id = new_owner_id
    LEFT JOIN process_stage old_stage ON old_stage.id = old_stage_id
    LEFT JOIN process_stage new_stage ON new_stage.id = new_stage_id
    ORDER BY abs(counted) DESC, shown.id DESC
"""


def rows_of(
    viewer: User, scope: Scope, span: Span, bar: Bar, number: int, told: Told
) -> Rows:
    """Return a page of the deals that the bar counts, the largest first.

    One query for any number of deals.
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
    place = {"page": PAGE + 1, "skipped": (number - 1) * PAGE}
    found = fetch(_PAGE.format(counted=counted), parameters | place)
    if not found and number > 1:
        return page_of(counted, parameters, 1, told)
    deals, value = (found[0]["deals"], found[0]["value"]) if found else (0, Decimal(0))
    return Rows(
        rows=[_row(each, told) for each in found[:PAGE]],
        number=number,
        has_next=len(found) > PAGE and number < LAST_PAGE,
        deals=deals,
        value=value,
        value_text=money(value, told.currency),
    )


def _row(found: dict[str, Any], told: Told) -> DealRow:
    def was(name: str, words: Callable[[Any], str]) -> Was:
        new, old = found[f"new_{name}"], found[f"old_{name}"]
        # What began in these days was nothing before.
        return Was(words(new), words(old) if found["was_there"] and old != new else "")

    return DealRow(
        id=found["id"],
        title=found["account"] or found["name"],
        name=found["name"],
        owner=was("owner", lambda name: name or NOTHING),
        stage=was("stage", lambda name: name or NOTHING),
        amount=was("amount", lambda value: money(value, told.currency)),
        close=was("close_on", lambda value: day(value, told.today)),
        value=money(found["counted"], told.currency),
    )
