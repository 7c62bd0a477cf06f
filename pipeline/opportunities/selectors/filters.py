"""What a person narrows the board and the table to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Opportunity, Outcome
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from pipeline.opportunities.selectors.flag_filters import flagged
from pipeline.opportunities.selectors.flags import flag_names
from pipeline.opportunities.selectors.search import named
from rhythm.people.models import User
from rhythm.web.numbers import whole_number

# Closed ones, in the table alone.
STATES = ("closed", *Outcome.values)


@dataclass(frozen=True)
class Filters:
    """Empty values narrow nothing."""

    text: str = ""
    rep: int | None = None
    flag: str = ""
    closes: str = ""
    process: int | None = None
    stage: int | None = None
    # "" is open; one of STATES otherwise.
    state: str = ""

    @property
    def is_any(self) -> bool:
        """Whether anything but the process is narrowed."""
        return any((self.text, self.rep, self.flag, self.closes, self.state))


def filters_from(values: Mapping[str, Any]) -> Filters:
    """Return the filters that an address names. What it names wrongly is left out."""
    return Filters(
        text=str(values.get("q", "")).replace("\0", "")[:200],
        rep=whole_number(values.get("rep")),
        flag=_one_of(values.get("flag"), flag_names()),
        closes=_one_of(values.get("closes"), close_names()),
        process=whole_number(values.get("process")),
        stage=whole_number(values.get("stage")),
        state=_one_of(values.get("state"), STATES),
    )


def _one_of(value: Any, allowed: Any) -> str:
    return value if isinstance(value, str) and value in allowed else ""


def close_names() -> dict[str, str]:
    """Return the choices of when a deal closes, in words."""
    return {
        "past": _("Close date passed"),
        "month": _("Closes this month"),
        "quarter": _("Closes this quarter"),
        "none": _("No close date"),
    }


def narrowed(
    deals: OpportunityQuerySet,
    filters: Filters,
    *,
    viewer: User,
    now: datetime,
    fiscal_month: int = 1,
) -> OpportunityQuerySet:
    """Return the deals that pass the filters, but for process and stage.

    fiscal_month is the first month of the fiscal year, for its quarters.
    """
    if filters.state:
        deals = deals.closed()
        if filters.state != "closed":
            deals = deals.filter(outcome=filters.state)
    else:
        deals = deals.open()
    if filters.rep is not None:
        deals = deals.filter(owner=filters.rep)
    if filters.closes:
        deals = deals.filter(_closing(filters.closes, viewer.today(now), fiscal_month))
    if filters.flag:
        deals = flagged(deals, filters.flag, viewer=viewer, now=now)
    return named(deals, filters.text, viewer)


def _closing(closes: str, today: date, fiscal_month: int) -> Q:
    if closes == "past":
        return Q(close_on__lt=today)
    if closes == "none":
        return Q(close_on=None)
    if closes == "month":
        first, months = today.replace(day=1), 1
    else:
        into = (today.month - fiscal_month) % 3
        first, months = _months_on(today.replace(day=1), -into), 3
    last = _months_on(first, months) - timedelta(days=1)
    return Q(close_on__range=(first, last))


def _months_on(first: date, months: int) -> date:
    """Return the first of the month so many months on."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


@dataclass(frozen=True)
class Rep:
    """Somebody whose deals the viewer may see."""

    id: int
    name: str
    team_id: int | None


def reps_of(viewer: User) -> list[Rep]:
    """Return the people who own open deals or sell, by name. One query."""
    owning = Opportunity.objects.open().filter(owner=OuterRef("pk"))
    people = (
        User.objects.visible_to(viewer)
        .filter(Q(is_rep=True, is_active=True) | Exists(owning))
        .with_team()
        .order_by("name", "pk")
        .only("name")
    )
    return [Rep(each.pk, each.name, each.team_id) for each in people]  # type: ignore[attr-defined]
