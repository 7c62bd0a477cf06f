"""The board: the open deals of one process by stage, with sums from one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Q, Sum, Window
from django.db.models.functions import RowNumber

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from pipeline.opportunities.selectors.cards import (
    Card,
    Setting,
    cards_of,
)
from pipeline.opportunities.selectors.filters import Filters, Rep, narrowed, reps_of
from pipeline.opportunities.selectors.missing import gates_of
from pipeline.opportunities.selectors.rows import DealRow, counted_in, rows_of
from pipeline.opportunities.selectors.sizes import big_by_owner
from pipeline.opportunities.selectors.sources import Origins
from pipeline.process.models import Process, Stage
from rhythm.people.models import User
from rhythm.web.formats import money_short, percent
from rhythm.web.numbers import whole_number

PAGE = 20
# Largest first; the key makes it the same order every time.
ORDER = (F("amount").desc(nulls_last=True), F("pk").desc())


@dataclass(frozen=True)
class Column:
    """A stage with its sums and its first cards."""

    stage: Stage
    count: int
    total: str
    probability: str
    weighted: str
    cards: list[Card]
    # How many more there are, and the key that the next page starts after.
    more: int
    after: str
    # On a phone one column is shown at a time.
    is_chosen: bool = False


@dataclass(frozen=True)
class Board:
    process: Process | None
    processes: list[Process]
    columns: list[Column]
    reps: list[Rep]
    count: int
    total: str
    weighted: str


@dataclass(frozen=True)
class Page:
    """More cards of a stage."""

    stage: Stage
    cards: list[Card]
    more: int
    after: str


def board_of(
    viewer: User, filters: Filters, *, now: datetime, origins: Origins
) -> Board:
    """Return the board of the process that the filters name, or of the default one."""
    stages = list(
        Stage.objects.visible_to(viewer)
        .open()
        .select_related("process")
        .filter(Q(process__archived_at=None) | Q(process=filters.process))
        .order_by("process__position", "process", "position")
        .with_asked()
    )
    processes = list(dict.fromkeys(each.process for each in stages))
    process = _chosen(processes, filters.process)
    own = [each for each in stages if each.process == process]
    reps = reps_of(viewer)
    organisation = viewer.organisation
    deals = narrowed(
        Opportunity.objects.visible_to(viewer).filter(stage__in=own),
        filters,
        viewer=viewer,
        now=now,
        fiscal_month=organisation.fiscal_year_month,
    )
    sums = _sums(deals)
    top = _top(deals)
    setting = Setting(
        viewer=viewer,
        now=now,
        currency=organisation.currency,
        origins=origins,
        gates=gates_of([process.pk] if process else [], own, now=now),
        big=big_by_owner(
            viewer,
            {each.owner_id for each in top},
            {each.id: each.team_id for each in reps},
        ),
    )
    columns = _columns(own, sums, top, setting, filters.stage)
    weighted = sum((sums[each.pk].amount * each.probability for each in own), Decimal())
    return Board(
        process=process,
        processes=processes,
        columns=columns,
        reps=reps,
        count=sum(sums[each.pk].count for each in own),
        total=money_short(
            sum((sums[each.pk].amount for each in own), Decimal()),
            organisation.currency,
        ),
        weighted=money_short(weighted, organisation.currency),
    )


def _chosen(processes: list[Process], wanted: int | None) -> Process | None:
    for process in processes:
        if process.pk == wanted:
            return process
    defaults = [each for each in processes if each.is_default]
    return next(iter(defaults or processes), None)


@dataclass(frozen=True)
class Sums:
    count: int = 0
    amount: Decimal = Decimal(0)


class _SumsByStage(dict[int, Sums]):
    def __missing__(self, key: int) -> Sums:
        return Sums()


def _sums(deals: OpportunityQuerySet) -> _SumsByStage:
    """Return count and sum of the deals by stage. One query."""
    rows = deals.order_by().values_list("stage_id").annotate(Count("pk"), Sum("amount"))
    return _SumsByStage(
        {stage: Sums(count, amount or Decimal(0)) for stage, count, amount in rows}
    )


def _top(deals: OpportunityQuerySet) -> list[DealRow]:
    """Return the first PAGE deals of each stage, largest first. One query."""
    rank = Window(RowNumber(), partition_by="stage", order_by=ORDER)
    first = deals.alias(rank=rank).filter(rank__lte=PAGE)
    found = Opportunity.objects.filter(pk__in=first.values("pk"))
    return rows_of(found.order_by("stage_id", *ORDER))


def _columns(
    stages: Iterable[Stage],
    sums: _SumsByStage,
    top: list[DealRow],
    setting: Setting,
    chosen: int | None,
) -> list[Column]:
    cards = dict(zip((each.pk for each in top), cards_of(top, setting), strict=True))
    columns = []
    for stage in stages:
        own = [each for each in top if each.stage_id == stage.pk]
        amount, count = sums[stage.pk].amount, sums[stage.pk].count
        more = max(count - len(own), 0)
        columns.append(
            Column(
                stage=stage,
                count=count,
                total=money_short(amount, setting.currency),
                probability=percent(stage.probability),
                weighted=money_short(amount * stage.probability, setting.currency),
                cards=[cards[each.pk] for each in own],
                more=more,
                after=key_of(own[-1]) if more and own else "",
                is_chosen=stage.pk == chosen,
            )
        )
    return columns


def key_of(deal: DealRow) -> str:
    """Return where the deal stands in the order, for the next page."""
    return f"{'' if deal.amount is None else deal.amount}_{deal.pk}"


def after_key(deals: OpportunityQuerySet, key: str) -> OpportunityQuerySet:
    """Return the deals after `key` in the order. A key that is none: no deals."""
    amount, _underscore, pk = key.partition("_")
    last = whole_number(pk)
    is_amount = amount.replace(".", "", 1).isdecimal() and amount.isascii()
    if last is None or (amount and not is_amount):
        return deals.none()
    if not amount:
        return deals.filter(amount=None, pk__lt=last)
    value = Decimal(amount[:20])
    return deals.filter(
        Q(amount__lt=value) | Q(amount=value, pk__lt=last) | Q(amount=None)
    )


def column_page(
    viewer: User,
    stage: Stage,
    filters: Filters,
    after: str,
    *,
    now: datetime,
    origins: Origins,
) -> Page:
    """Return the next cards of a stage after a key."""
    organisation = viewer.organisation
    deals = narrowed(
        Opportunity.objects.visible_to(viewer).filter(stage=stage),
        filters,
        viewer=viewer,
        now=now,
        fiscal_month=organisation.fiscal_year_month,
    )
    rest = after_key(deals, after)
    page = rest.annotate(counted=counted_in(rest)).order_by(*ORDER)[:PAGE]
    found = rows_of(page, "counted")
    more = found[0].more[0] - len(found) if found else 0
    setting = Setting(
        viewer=viewer,
        now=now,
        currency=organisation.currency,
        origins=origins,
        gates=gates_of([stage.process_id], now=now),
        big=big_by_owner(viewer, {each.owner_id for each in found}),
    )
    return Page(
        stage=stage,
        cards=cards_of(found, setting),
        more=more,
        after=key_of(found[-1]) if more else "",
    )
