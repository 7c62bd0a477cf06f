"""Deals chosen for one change of them all, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.opportunities.models import BulkRun, Opportunity, RowResult
from pipeline.opportunities.selectors.filters import Filters
from pipeline.opportunities.selectors.questions import deals_of
from rhythm.people.models import User
from rhythm.web.numbers import whole_number


@dataclass(frozen=True)
class ChosenDeal:
    """A deal that a person chose, as it was shown."""

    id: int
    version: int
    process_id: int
    name: str


@dataclass(frozen=True)
class Choice:
    """What was chosen; is_more when that was more than may be changed at once."""

    deals: list[ChosenDeal]
    is_more: bool = False

    @property
    def text(self) -> str:
        """Return the deals and their versions, as `shown_in` reads them."""
        return ",".join(f"{each.id}-{each.version}" for each in self.deals)

    @property
    def process_ids(self) -> set[int]:
        return {each.process_id for each in self.deals}


def shown_in(marks: Iterable[str]) -> dict[int, int]:
    """Return versions by deal from marks such as "12-3". What is no mark is left out.

    The later mark of a deal counts.
    """
    found = {}
    for mark in marks:
        pk, _dash, version = mark.partition("-")
        key, shown = whole_number(pk), whole_number(version)
        if key is not None and shown is not None:
            found[key] = shown
    return found


def chosen_deals(shown: Mapping[int, int], *, viewer: User, most: int) -> Choice:
    """Return the chosen deals that the viewer sees, in the versions that were shown."""
    deals = Opportunity.objects.visible_to(viewer).filter(pk__in=list(shown)[:most])
    rows = deals.select_related("account").order_by("pk")
    found = [_chosen(each, shown[each.pk]) for each in rows]
    return Choice(found, is_more=len(shown) > most)


def matching_deals(
    filters: Filters, *, viewer: User, now: datetime, most: int
) -> Choice:
    """Return all deals that pass the filters, as they are now, up to `most`."""
    deals = deals_of(viewer, filters, now=now)
    found = list(deals.select_related("account").order_by("pk")[: most + 1])
    return Choice(
        [_chosen(each, each.version) for each in found[:most]],
        is_more=len(found) > most,
    )


def _chosen(deal: Opportunity, version: int) -> ChosenDeal:
    title = f"{deal.account.name}, {deal.name}" if deal.account else deal.name
    return ChosenDeal(deal.pk, version, deal.process_id, title)


@dataclass(frozen=True)
class RowDone:
    """What came of one deal. id is 0 for one that the viewer does not see any more."""

    id: int
    name: str
    owner: str
    stage: str
    label: str
    # How the page marks it: tone and icon.
    tone: str
    icon: str
    text: str
    is_refused: bool


@dataclass(frozen=True)
class RunDone:
    """A run with its rows, what needs a look first."""

    rows: list[RowDone]
    # How many of each result, in words: "12 changed".
    counts: list[tuple[str, str, int]]


MARKS = {
    RowResult.CHANGED: ("ok", "check2"),
    RowResult.UNCHANGED: ("mute", "dash-lg"),
    RowResult.REFUSED: ("bad", "x-lg"),
    RowResult.CONFLICT: ("warn", "arrow-left-right"),
}
ORDER = (
    RowResult.REFUSED,
    RowResult.CONFLICT,
    RowResult.CHANGED,
    RowResult.UNCHANGED,
)


def run_done(run: BulkRun, *, viewer: User) -> RunDone:
    """Return what came of each deal. One query, for any number of them."""
    ids = [row["deal"] for row in run.rows]
    deals = Opportunity.objects.visible_to(viewer).filter(pk__in=ids)
    known = deals.select_related("account", "owner", "stage").in_bulk()
    rows = [_done(row, known.get(row["deal"])) for row in run.rows]
    place = {result.value: number for number, result in enumerate(ORDER)}
    numbers = [place[row["result"]] for row in run.rows]
    ordered = [row for _place, row in sorted(zip(numbers, rows, strict=True), key=_by)]
    counts = [
        (MARKS[result][0], str(result.label), numbers.count(place[result.value]))
        for result in ORDER
    ]
    return RunDone(ordered, [each for each in counts if each[2]])


def _by(pair: tuple[int, RowDone]) -> tuple[int, str, int]:
    place, row = pair
    return place, row.name.casefold(), row.id


def _done(row: Mapping[str, object], deal: Opportunity | None) -> RowDone:
    result = RowResult(str(row["result"]))
    tone, icon = MARKS[result]
    return RowDone(
        id=deal.pk if deal else 0,
        name=_chosen(deal, deal.version).name if deal else "",
        owner=deal.owner.name if deal else "",
        stage=deal.stage.name if deal else "",
        label=str(result.label),
        tone=tone,
        icon=icon,
        # What is said of a deal is for who sees it.
        text=str(row["text"]) if deal else "",
        is_refused=result in (RowResult.REFUSED, RowResult.CONFLICT),
    )
