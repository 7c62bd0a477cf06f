"""Lists of activities: one by one, by deal, by customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Max, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from pipeline.activities.models import Activity, ActivityQuerySet
from pipeline.activities.selectors.rows import Row, rows, shaped
from pipeline.opportunities.models import Account, Opportunity
from rhythm.people.models import User
from rhythm.web.formats import day
from rhythm.web.numbers import whole_number

PAGE = 30
GROUPS = 15
# Under each deal or customer, only the latest.
OF_EACH = 3
BLOCK = 8


@dataclass(frozen=True)
class Filters:
    """Which activities to list. None and "" do not narrow."""

    # mine, team (those one leads), everybody that one may see, or a person's id.
    who: str = "mine"
    kind: int | None = None
    days: int | None = None
    opportunity: int | None = None
    account: int | None = None


@dataclass(frozen=True)
class Group:
    """A deal or a customer, how often something was done, and what came last."""

    title: str
    detail: str
    url: str
    # Filters the list to this one: ("opportunity", 42).
    key: tuple[str, int]
    count: int
    latest: str
    rows: list[Row]

    @property
    def of(self) -> str:
        """Return what it is, `deal` or `account`, so that its rows need not say it."""
        return "deal" if self.key[0] == "opportunity" else "account"


@dataclass(frozen=True)
class Listing[T]:
    """A page of a list. `before` is where the next one begins, "" on the last."""

    items: list[T]
    before: str


def filtered(filters: Filters, viewer: User, *, now: datetime) -> ActivityQuerySet:
    """Return the activities that `viewer` may see and that the filters leave."""
    found = Activity.objects.visible_to(viewer)
    if filters.who == "mine":
        found = found.filter(owner=viewer)
    elif filters.who == "team":
        found = found.filter(owner__in=User.objects.led_by(viewer))
    elif (who := whole_number(filters.who)) is not None:
        found = found.filter(owner=who)
    if filters.kind is not None:
        found = found.filter(kind=filters.kind)
    if filters.days is not None:
        found = found.filter(happened_at__gte=now - timedelta(days=filters.days))
    if filters.opportunity is not None:
        found = found.filter(opportunity=filters.opportunity)
    if filters.account is not None:
        found = found.filter(account__in=Account.objects.now_of(filters.account))
    return found


def one_by_one(
    filters: Filters, viewer: User, *, now: datetime, before: str = ""
) -> Listing[Row]:
    """Return a page of activities, latest first. Two queries."""
    found = filtered(filters, viewer, now=now)
    if key := _parsed(before):
        at, pk = key
        found = found.filter(Q(happened_at__lt=at) | Q(happened_at=at, pk__lt=pk))
    found = found.order_by("-happened_at", "-pk")
    page = list(shaped(found)[: PAGE + 1])
    more, page = len(page) > PAGE, page[:PAGE]
    after = _key(page[-1].happened_at, page[-1].pk) if more else ""
    return Listing(rows(page, viewer, now=now), after)


def grouped(
    by: str, filters: Filters, viewer: User, *, now: datetime, before: str = ""
) -> Listing[Group]:
    """Return a page of deals or customers, the one with the latest activity first.

    by is `opportunity` or `account`. Four queries.
    """
    found = filtered(filters, viewer, now=now).exclude(**{by: None})
    totals = found.order_by().values(by).annotate(count=Count("pk"))
    totals = totals.annotate(latest=Max("happened_at"))
    if key := _parsed(before):
        at, pk = key
        totals = totals.filter(Q(latest__lt=at) | Q(**{"latest": at, f"{by}__lt": pk}))
    page = list(totals.order_by("-latest", f"-{by}")[: GROUPS + 1])
    more, page = len(page) > GROUPS, page[:GROUPS]
    after = _key(page[-1]["latest"], page[-1][by]) if more else ""
    ids = [total[by] for total in page]
    latest = _latest_of_each(by, found, ids, viewer, now)
    records = _records(by, ids, viewer)
    today = viewer.today(now)
    groups = [
        Group(
            title=records[total[by]].name,
            detail=_detail(records[total[by]]),
            url=records[total[by]].get_absolute_url(),
            key=(by, total[by]),
            count=total["count"],
            latest=day(timezone.localtime(total["latest"]), today),
            rows=latest[total[by]],
        )
        for total in page
    ]
    return Listing(groups, after)


def block(
    record: Opportunity | Account, viewer: User, *, now: datetime
) -> Listing[Row]:
    """Return the latest activities of a deal or an account, for its page.

    `before` says only whether there are more.
    """
    is_deal = isinstance(record, Opportunity)
    mine = Q(opportunity=record) if is_deal else Q(account=record)
    found = Activity.objects.visible_to(viewer).filter(mine)
    page = list(shaped(found.order_by("-happened_at", "-pk"))[: BLOCK + 1])
    more = "more" if len(page) > BLOCK else ""
    return Listing(rows(page[:BLOCK], viewer, now=now), more)


def _latest_of_each(
    by: str, found: ActivityQuerySet, ids: Sequence[int], viewer: User, now: datetime
) -> dict[int, list[Row]]:
    numbered = found.filter(**{f"{by}__in": ids}).annotate(
        place=Window(
            RowNumber(),
            partition_by=F(by),
            order_by=[F("happened_at").desc(), F("pk").desc()],
        )
    )
    latest = shaped(numbered.filter(place__lte=OF_EACH))
    activities = list(latest.order_by("-happened_at", "-pk"))
    result: dict[int, list[Row]] = defaultdict(list)
    for activity, row in zip(
        activities, rows(activities, viewer, now=now), strict=True
    ):
        result[getattr(activity, f"{by}_id")].append(row)
    return result


def _records(
    by: str, ids: Sequence[int], viewer: User
) -> dict[int, Opportunity | Account]:
    if by == "account":
        return {**Account.objects.visible_to(viewer).in_bulk(ids)}
    deals = Opportunity.objects.filter(pk__in=ids).select_related("account")
    return {deal.pk: deal for deal in deals}


def _detail(record: Opportunity | Account) -> str:
    if isinstance(record, Opportunity):
        return record.account.name if record.account else ""
    return record.location


def _key(at: datetime, pk: int) -> str:
    return f"{at.timestamp():.6f}.{pk}"


def _parsed(key: str) -> tuple[datetime, int] | None:
    """Return what `_key` was made of, None for anything else."""
    try:
        moment, _dot, pk = key.rpartition(".")
        return datetime.fromtimestamp(float(moment), timezone.get_current_timezone()), (
            int(pk)
        )
    except (ValueError, OverflowError, OSError):
        return None
