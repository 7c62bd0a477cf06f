"""What the deals of a question come to, in all and by group.

Each figure knows the question whose deals it counts, so that it can lead to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    F,
    FilteredRelation,
    Func,
    Max,
    Q,
    QuerySet,
    Sum,
    Window,
)
from django.db.models.functions import Coalesce, ExtractMonth, ExtractYear
from django.utils.translation import gettext as _

from pipeline.opportunities.models import AmountSource, Outcome
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from pipeline.opportunities.quarters import quarter_of
from pipeline.opportunities.selectors.filters import (
    ALL,
    CLOSED,
    DECIDED,
    NO_DAY,
    NONE,
    PLACES,
)
from pipeline.opportunities.selectors.questions import GROUPS, Question, deals_of
from rhythm.people.models import User
from rhythm.web.formats import count, money, percent

# Of more groups than these, the largest are shown.
MOST_GROUPS = 200

WON, LOST = Q(outcome=Outcome.WON), Q(outcome=Outcome.LOST)
IS_OPEN = Q(closed_on=None)
COUNTED = {
    "deals": Count("pk"),
    "amount": Sum("amount"),
    "open": Count("pk", filter=IS_OPEN),
    "weighted": Sum(F("amount") * F("stage__probability"), filter=IS_OPEN),
    "won": Count("pk", filter=WON),
    "won_amount": Sum("amount", filter=WON),
    "lost": Count("pk", filter=LOST),
    "walked": Count("pk", filter=Q(outcome=Outcome.WALKED_AWAY)),
    # What no customer was asked for, and what nobody knows.
    "listed": Sum("amount", filter=Q(amount_source=AmountSource.LIST_PRICE)),
    "bare": Count("pk", filter=Q(amount=None)),
}
# An aggregate may not have the name of a column.
FIGURES = {f"of_{name}": each for name, each in COUNTED.items()}


class Whole(Func):
    """The sum over all groups, beside each: so the deals are read once for both."""

    function = "SUM"
    window_compatible = True


WHOLE = {
    f"all_{name}": Window(Whole(F(f"of_{name}"), output_field=DecimalField()))
    for name in COUNTED
}


@dataclass(frozen=True)
class Sums:
    """What some deals come to. Amounts are in the organisation's currency."""

    deals: int = 0
    amount: Decimal = Decimal(0)
    open: int = 0
    weighted: Decimal = Decimal(0)
    won: int = 0
    won_amount: Decimal = Decimal(0)
    lost: int = 0
    walked: int = 0
    listed: Decimal = Decimal(0)
    bare: int = 0

    @property
    def win_rate(self) -> Decimal | None:
        """Won / (won + lost), by count; None where nothing is decided."""
        decided = self.won + self.lost
        return Decimal(self.won) / decided if decided else None


@dataclass(frozen=True)
class Figure:
    """One number, and the question that its deals answer."""

    name: str
    label: str
    text: str
    asks: Question

    @property
    def address(self) -> str:
        return self.asks.address()


@dataclass(frozen=True)
class Group:
    """A row of the totals: its name, what it comes to, and the figures of that."""

    name: str
    sums: Sums
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Totals:
    """The figures of all deals of a question, and of its groups."""

    total: Group
    groups: list[Group]
    # What the groups are, in words; empty when there are none.
    by: str
    # Whether there are more groups than these.
    is_cut: bool
    # How much of the amounts are list prices; empty for none. And how many have none.
    listed: str
    bare: int


def totals_of(viewer: User, question: Question, *, now: datetime) -> Totals:
    """Return what the deals come to, and by group if grouped. One query."""
    organisation = viewer.organisation
    deals = deals_of(viewer, question.filters, now=now)
    currency = organisation.currency
    rows = _rows(deals, question.group, organisation.fiscal_year_month)
    if question.group in GROUPS:
        sums = _sums(rows[0][2], "all") if rows else Sums()
    else:
        sums = _sums(deals.aggregate(**FIGURES))
    total = Group(_("All of them"), sums, _figures(sums, question, currency))
    groups = []
    for name, narrower, values in rows[:MOST_GROUPS]:
        asks, own = question.narrowed(**narrower), _sums(values)
        groups.append(Group(name, own, _figures(own, asks, currency)))
    return Totals(
        total=total,
        groups=groups,
        by=str(GROUPS.get(question.group, "")),
        is_cut=len(rows) > MOST_GROUPS,
        listed=money(sums.listed, currency) if sums.listed else "",
        bare=sums.bare,
    )


def _sums(values: Mapping[str, Any], of: str = "of") -> Sums:
    found = {name: values[f"{of}_{name}"] for name in COUNTED}
    known = {name: each for name, each in found.items() if each is not None}
    # The sum of no amounts is none; that of counts comes as a decimal number.
    return Sums(**{name: type(getattr(Sums, name))(known[name]) for name in known})


def _figures(sums: Sums, asked: Question, currency: str) -> tuple[Figure, ...]:
    """Return the figures that make sense for the state that is asked for."""
    state = asked.filters.state

    def figure(name: str, label: str, text: str, of: str = state) -> Figure:
        return Figure(name, label, text, asked.narrowed(state=of))

    found = [
        figure("deals", _("Deals"), count(sums.deals)),
        figure("amount", _("Amount"), money(sums.amount, currency)),
    ]
    if state in ("", ALL):
        weighted = money(sums.weighted.quantize(Decimal(1)), currency)
        found.append(figure("weighted", _("Weighted"), weighted, ""))
    if state in (ALL, CLOSED, DECIDED):
        won_amount = money(sums.won_amount, currency)
        found += [
            figure("won", _("Won"), count(sums.won), Outcome.WON),
            figure("won_amount", _("Won amount"), won_amount, Outcome.WON),
            figure("lost", _("Lost"), count(sums.lost), Outcome.LOST),
            figure("win_rate", _("Win rate"), percent(sums.win_rate), DECIDED),
        ]
    if state in (ALL, CLOSED):
        walked = count(sums.walked)
        found.append(
            figure("walked", _("Walked away"), walked, Outcome.WALKED_AWAY),
        )
    return tuple(found)


def _figured(groups: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Add the figures of each group, and those of all groups together."""
    figured: QuerySet[Any, Any] = groups.annotate(**FIGURES).annotate(**WHOLE)
    return figured


type Row = tuple[str, dict[str, Any], Mapping[str, Any]]


def _rows(deals: OpportunityQuerySet, group: str, fiscal_month: int) -> list[Row]:
    """Return name, narrower filters and sums of each group. At most one query."""
    if group == "quarter":
        return list(_by_quarter(deals, fiscal_month))
    if group == "stage":
        return list(_by_stage(deals))
    if group not in KEYS:
        return []
    present = FilteredRelation(
        "owner__memberships", condition=Q(owner__memberships__until=None)
    )
    key, name = KEYS[group]
    if group in PLACES:
        deals = deals.annotate(present=present)
    found = _figured(
        # By the key alone: of two columns the database expects more groups than it can
        # hold, and sorts all deals instead.
        deals.order_by().values(group_key=F(key)).annotate(group_name=Max(name))
    ).order_by(
        F("of_amount").desc(nulls_last=True), F("of_deals").desc(), F("group_name")
    )
    filter_name = "rep" if group == "owner" else group
    return [
        (
            row["group_name"] or _without(group),
            {filter_name: row["group_key"] or NONE},
            row,
        )
        for row in found[: MOST_GROUPS + 1]
    ]


KEYS = {
    "owner": ("owner_id", "owner__name"),
    "manager": ("present__team__manager_id", "present__team__manager__name"),
    "team": ("present__team_id", "present__team__name"),
    "above": ("present__team__parent_id", "present__team__parent__name"),
    "account": ("account_id", "account__name"),
}


def _without(group: str) -> str:
    return {
        "manager": _("No manager"),
        "team": _("No team"),
        "above": _("No team above"),
        "account": _("No account"),
    }.get(group, "")


def _by_stage(deals: OpportunityQuerySet) -> Iterator[Row]:
    """Yield the stages in the order of their processes."""
    found = _figured(
        deals.order_by().values("stage_id", "stage__name", "process__name")
    ).order_by("process__position", "process_id", "stage__position")
    rows = list(found[: MOST_GROUPS + 1])
    is_one = len({row["process__name"] for row in rows}) < 2
    for row in rows:
        name = row["stage__name"]
        told = name if is_one else f"{row['process__name']} · {name}"
        yield told, {"stage": row["stage_id"]}, row


def _by_quarter(deals: OpportunityQuerySet, fiscal_month: int) -> Iterator[Row]:
    """Yield the quarters in which deals closed or will, the earliest first."""
    shift = (fiscal_month - 1) % 3
    day = Coalesce("closed_on", "close_on")
    months = ExtractYear(day) * 12 + ExtractMonth(day) - 1 - shift
    found = (
        deals.order_by()
        .annotate(months=months)
        .annotate(quarter=F("months") - F("months") % 3)
        .values("quarter")
    )
    found = _figured(found).order_by(F("quarter").asc(nulls_last=True))
    for row in found[: MOST_GROUPS + 1]:
        if row["quarter"] is None:
            yield _("No close date"), {"quarter": NO_DAY}, row
        else:
            quarter = quarter_of(row["quarter"] + shift)
            yield quarter.name(fiscal_month), {"quarter": quarter.key}, row
