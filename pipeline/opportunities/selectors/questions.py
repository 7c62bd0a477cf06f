"""What the table is asked: which deals, in what order, which columns, by group.

An address says it, a saved view keeps it, an export answers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from pipeline.opportunities.selectors.filters import (
    ALL,
    Filters,
    filters_from,
    narrowed,
)
from rhythm.people.models import User
from rhythm.web.numbers import whole_number

# What a click on a column's head orders by.
SORTS = {
    "account": "account__name",
    "name": "name",
    "stage": "stage__position",
    "owner": "owner__name",
    "next": "next_step_on",
    "close": "close_on",
    "amount": "amount",
    "closed": "closed_on",
}
DEFAULT, DEFAULT_CLOSED = "close", "-closed"
# What may be left out. A deal's name and account always stand.
COLUMNS = {
    "stage": _("Stage"),
    "flags": _("Attention"),
    "owner": _("Rep"),
    "next": _("Next step"),
    "close": _("Close"),
    "amount": _("Amount"),
    "weighted": _("Weighted"),
}
GROUPS = {
    "owner": _("Rep"),
    "manager": _("Manager"),
    "team": _("Team"),
    "above": _("Team above"),
    "quarter": _("Quarter"),
    "stage": _("Stage"),
    "account": _("Account"),
}


@dataclass(frozen=True)
class Question:
    """A view of the table. All of it is valid, though nobody may match it."""

    filters: Filters
    sort: str
    columns: tuple[str, ...] = tuple(COLUMNS)
    group: str = ""
    # The saved view that it began with. Not a part of what is asked.
    view: int | None = None

    def values(self) -> dict[str, str]:
        """Return what an address says of it, without what is usual."""
        said = self.filters.values()
        if self.sort != usual_sort(self.filters):
            said["sort"] = self.sort
        if self.columns != tuple(COLUMNS):
            said["columns"] = ",".join(self.columns)
        if self.group:
            said["group"] = self.group
        return said

    def address(self, **changes: str | int | None) -> str:
        """Return the rest of an address that asks this; "" leaves a value out.

        Never that of a view alone, nor none at all: those ask for what a view keeps.
        """
        pairs = self.values() | {"view": str(self.view or "")}
        pairs |= {k: "" if v is None else str(v) for k, v in changes.items()}
        said = {name: value for name, value in pairs.items() if value != ""}
        return urlencode(said if said.keys() - {"view"} else {"view": 0})

    def narrowed(self, **changes: Any) -> Question:
        """Return the question for a part of these deals, not grouped any more.

        Its order is the usual one.
        """
        filters = replace(self.filters, **changes)
        return replace(self, filters=filters, sort=usual_sort(filters), group="")


def usual_sort(filters: Filters) -> str:
    """Return the order of a table that nobody ordered."""
    return DEFAULT if filters.state in ("", ALL) else DEFAULT_CLOSED


def sort_of(value: str, filters: Filters) -> str:
    """Return the order that an address names, or the usual one."""
    return value if value.removeprefix("-") in SORTS else usual_sort(filters)


def question_from(values: Mapping[str, Any]) -> Question:
    """Return what an address asks. What it names wrongly is left out.

    values may be a QueryDict, whose columns may come one by one.
    """
    filters = filters_from(values)
    listed = getattr(values, "getlist", None)
    columns = listed("columns") if listed else [values.get("columns", "")]
    wanted = set(",".join(map(str, columns)).split(","))
    group = str(values.get("group", ""))
    return Question(
        filters=filters,
        sort=sort_of(str(values.get("sort", "")), filters),
        columns=tuple(each for each in COLUMNS if each in wanted) or tuple(COLUMNS),
        group=group if group in GROUPS else "",
        view=whole_number(values.get("view")) or None,
    )


def deals_of(viewer: User, filters: Filters, *, now: datetime) -> OpportunityQuerySet:
    """Return the deals that the viewer may see and that pass the filters."""
    deals = narrowed(
        Opportunity.objects.visible_to(viewer),
        filters,
        viewer=viewer,
        now=now,
        fiscal_month=viewer.organisation.fiscal_year_month,
    )
    if filters.stage is not None:
        deals = deals.filter(stage=filters.stage)
    if filters.process is not None:
        deals = deals.filter(process=filters.process)
    return deals
