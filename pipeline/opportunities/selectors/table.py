"""The table: deals in any order, a page at a time, without counting them all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OrderBy
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from pipeline.opportunities.selectors.cards import (
    Card,
    Setting,
    cards_of,
)
from pipeline.opportunities.selectors.filters import Rep, reps_of
from pipeline.opportunities.selectors.missing import gates_of
from pipeline.opportunities.selectors.questions import (
    COLUMNS,
    SORTS,
    Question,
    deals_of,
)
from pipeline.opportunities.selectors.rows import counted_in, rows_of
from pipeline.opportunities.selectors.sizes import big_by_owner
from pipeline.opportunities.selectors.sources import Origins
from rhythm.people.models import User
from rhythm.web.pages import Numbered

PAGE = 50
# Further on, a filter is of more use than another page.
LAST_PAGE = 200
MOST_COUNTED = 1000

LABELS = {"account": _("Account"), "name": _("Deal"), **COLUMNS}


@dataclass(frozen=True)
class Table(Numbered[Card]):
    """A page of deals, and what stands around it."""

    reps: list[Rep]
    count: int
    # Whether there are more than `count`.
    is_more: bool


def table_of(
    viewer: User,
    question: Question,
    number: int,
    *,
    now: datetime,
    can_edit: bool,
    origins: Origins | None = None,
) -> Table:
    """Return one page of the deals that the question asks for."""
    number = min(max(number, 1), LAST_PAGE)
    organisation = viewer.organisation
    reps = reps_of(viewer)
    deals = deals_of(viewer, question.filters, now=now)
    first = (number - 1) * PAGE
    # The page is found by its keys first: what a row shows is read of these alone.
    order = order_of(question.sort)
    keys = deals.order_by(*order).values("pk")[first : first + PAGE + 1]
    up_to = counted_in(deals.order_by()[: MOST_COUNTED + 1])
    rows = Opportunity.objects.filter(pk__in=keys).annotate(counted=up_to)
    page = rows_of(rows.order_by(*order), "counted")
    counted: int = page[0].more[0] if page else _count_beyond(deals, number)
    found = page[:PAGE]
    setting = Setting(
        viewer=viewer,
        now=now,
        currency=organisation.currency,
        gates=gates_of({each.process_id for each in found}, now=now),
        big=big_by_owner(
            viewer,
            {each.owner_id for each in found},
            {each.id: each.team_id for each in reps},
        ),
        can_edit=can_edit,
        origins=origins or Origins(),
    )
    return Table(
        rows=cards_of(found, setting),
        reps=reps,
        number=number,
        has_next=len(page) > PAGE and number < LAST_PAGE,
        count=min(counted, MOST_COUNTED),
        is_more=counted > MOST_COUNTED,
    )


def _count_beyond(deals: OpportunityQuerySet, number: int) -> int:
    """Return how many deals there are when page `number` has none."""
    return deals.order_by()[: MOST_COUNTED + 1].count() if number > 1 else 0


def order_of(sort: str) -> list[OrderBy]:
    """Return the order with what is empty last, made whole by the key."""
    column = F(SORTS[sort.removeprefix("-")])
    if sort.startswith("-"):
        return [column.desc(nulls_last=True), F("pk").desc()]
    return [column.asc(nulls_last=True), F("pk").asc()]
