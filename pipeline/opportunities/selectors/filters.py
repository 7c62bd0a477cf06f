"""What a person narrows the board and the table to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Account, Opportunity, Outcome
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from pipeline.opportunities.quarters import months_on, quarter_from
from pipeline.opportunities.selectors.flag_filters import flagged
from pipeline.opportunities.selectors.flags import flag_names
from pipeline.opportunities.selectors.search import named
from rhythm.people.models import Membership, User
from rhythm.web.numbers import whole_number
from rhythm.web.plain_text import TURNS

# Closed ones, in the table alone. A win rate is of those that are decided.
ALL, CLOSED, DECIDED = "all", "closed", "decided"
STATES = (ALL, CLOSED, DECIDED, *Outcome.values)
# In place of a key: those that have none. No record has this key.
NONE = 0
NO_DAY = "none"
# What the owner's present team says: the filter, and where a membership has it.
PLACES = {"team": "team", "above": "team__parent", "manager": "team__manager"}


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
    # Of the owner, at present. NONE: owners without.
    team: int | None = None
    # The team above that one: a region, say.
    above: int | None = None
    manager: int | None = None
    account: int | None = None
    # When it closed or will: a quarter's key, or NO_DAY.
    quarter: str = ""

    @property
    def is_any(self) -> bool:
        """Whether anything but the process is narrowed."""
        names = self.values().keys()
        return bool(names - {"process", "stage"})

    def values(self) -> dict[str, str]:
        """Return what an address says of them; `filters_from` reads it again."""
        said = {
            "q": self.text,
            "rep": self.rep,
            "flag": self.flag,
            "closes": self.closes,
            "process": self.process,
            "stage": self.stage,
            "state": self.state,
            "team": self.team,
            "above": self.above,
            "manager": self.manager,
            "account": self.account,
            "quarter": self.quarter,
        }
        return {k: str(v) for k, v in said.items() if v is not None and v != ""}


def filters_from(values: Mapping[str, Any]) -> Filters:
    """Return the filters that an address names. What it names wrongly is left out."""
    return Filters(
        text=TURNS.sub("", str(values.get("q", "")).replace("\0", ""))[:200],
        rep=whole_number(values.get("rep")),
        flag=_one_of(values.get("flag"), flag_names()),
        closes=_one_of(values.get("closes"), close_names()),
        process=whole_number(values.get("process")),
        stage=whole_number(values.get("stage")),
        state=_one_of(values.get("state"), STATES),
        team=whole_number(values.get("team")),
        above=whole_number(values.get("above")),
        manager=whole_number(values.get("manager")),
        account=whole_number(values.get("account")),
        quarter=_quarter(values.get("quarter")),
    )


def _quarter(value: Any) -> str:
    text = str(value or "")
    return text if text == NO_DAY or quarter_from(text) else ""


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
    deals = _placed(_in_state(deals, filters.state), filters)
    if filters.rep is not None:
        deals = deals.filter(owner=filters.rep)
    if filters.closes:
        deals = deals.filter(_closing(filters.closes, viewer.today(now), fiscal_month))
    if filters.flag:
        deals = flagged(deals, filters.flag, viewer=viewer, now=now)
    return named(deals, filters.text, viewer)


def _in_state(deals: OpportunityQuerySet, state: str) -> OpportunityQuerySet:
    if not state:
        return deals.open()
    if state == ALL:
        return deals
    if state == DECIDED:
        return deals.closed().filter(outcome__in=(Outcome.WON, Outcome.LOST))
    return deals.closed() if state == CLOSED else deals.closed().filter(outcome=state)


def _placed(deals: OpportunityQuerySet, filters: Filters) -> OpportunityQuerySet:
    """Narrow by where a deal belongs: what the table groups by."""
    for name, column in PLACES.items():
        key = getattr(filters, name)
        members = Membership.objects.present()
        if key == NONE:
            placed = members.exclude(**{column: None})
            deals = deals.exclude(owner__in=placed.values("user"))
        elif key is not None:
            deals = deals.filter(
                owner__in=members.filter(**{column: key}).values("user")
            )
    if filters.account == NONE:
        deals = deals.filter(account=None)
    elif filters.account is not None:
        deals = deals.filter(account__in=Account.objects.now_of(filters.account))
    if filters.quarter == NO_DAY:
        return deals.filter(closed_on=None, close_on=None)
    if quarter := quarter_from(filters.quarter):
        days = (quarter.first, quarter.last)
        deals = deals.filter(
            Q(closed_on__range=days) | Q(closed_on=None, close_on__range=days)
        )
    return deals


def _closing(closes: str, today: date, fiscal_month: int) -> Q:
    if closes == "past":
        return Q(close_on__lt=today)
    if closes == "none":
        return Q(close_on=None)
    if closes == "month":
        first, months = today.replace(day=1), 1
    else:
        into = (today.month - fiscal_month) % 3
        first, months = months_on(today.replace(day=1), -into), 3
    last = months_on(first, months) - timedelta(days=1)
    return Q(close_on__range=(first, last))


class Rep(NamedTuple):
    """Somebody whose deals the viewer may see."""

    id: int
    name: str
    team_id: int | None


def reps_of(viewer: User) -> list[Rep]:
    """Return the people who own open deals or sell, by name. One query."""
    owning = Opportunity.objects.open().filter(owner=OuterRef("pk"))
    present = Membership.objects.present().filter(user=OuterRef("pk")).order_by()
    people = (
        User.objects.visible_to(viewer)
        .filter(Q(is_rep=True, is_active=True) | Exists(owning))
        .order_by("name", "pk")
        .values_list("pk", "name", Subquery(present.values("team_id")[:1]))
    )
    return [Rep._make(each) for each in people]
