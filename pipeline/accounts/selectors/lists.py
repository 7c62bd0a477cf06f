"""The list of account plans, the most overdue first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from pipeline.accounts.models import AccountPlan, AccountPlanQuerySet, PlanRisk
from pipeline.opportunities.models import Account, Opportunity
from rhythm.people.models import User
from rhythm.web import formats
from rhythm.web.addresses import address

PAGE = 25
# A plan without a next review is the most overdue of all.
NEVER = date(1970, 1, 1)
MINE, TEAM, ALL = "mine", "team", "all"


@dataclass(frozen=True)
class PlanRow:
    """A plan in the list."""

    url: str
    account: str
    owner: str
    reviewed: str
    next_review: str
    is_overdue: bool
    risks: int
    value: str


@dataclass(frozen=True)
class PlanList:
    """One page of plans. `after` is the key of the next one, "" at the end."""

    rows: Sequence[PlanRow]
    after: str


def which_of(viewer: User, wanted: str) -> str:
    """Return which plans to show: those asked for, or those that fit the viewer."""
    offered = [MINE, TEAM, ALL] if viewer.is_manager else [MINE, ALL]
    if wanted in offered:
        return wanted
    if viewer.sees_all:
        return ALL
    return TEAM if viewer.is_manager else MINE


def plan_list(viewer: User, which: str, after: str, now: datetime) -> PlanList:
    """Return a page of the plans that `viewer` may see. Two queries.

    after is what the page before said: the day and the key of its last row.
    """
    today, zone = viewer.today(now), ZoneInfo(viewer.time_zone)
    plans: Any = _wanted(viewer, which).annotate(
        due=Coalesce("next_review_on", NEVER),
        open_risks=Coalesce(Subquery(_open_risks()), 0),
    )
    place = _place(after)
    if place:
        day, key = place
        plans = plans.filter(Q(due__gt=day) | Q(due=day, pk__gt=key))
    ordered = plans.select_related("account", "owner").order_by("due", "pk")
    found = list(ordered[: PAGE + 1])
    values = _values(viewer, [each.account_id for each in found])
    currency = viewer.organisation.currency
    rows = [
        PlanRow(
            url=address("accounts:plan_detail", each.pk),
            account=each.account.name,
            owner=each.owner.name,
            reviewed=formats.day(each.last_reviewed_at.astimezone(zone), today)
            if each.last_reviewed_at
            else "",
            next_review=formats.day(each.next_review_on, today)
            if each.next_review_on
            else "",
            is_overdue=each.due < today,
            risks=each.open_risks,
            value=formats.money_short(values.get(each.account_id), currency),
        )
        for each in found[:PAGE]
    ]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return PlanList(rows, f"{last.due.isoformat()}_{last.pk}" if last else "")


def _wanted(viewer: User, which: str) -> AccountPlanQuerySet:
    plans = AccountPlan.objects.visible_to(viewer)
    if which == MINE:
        return plans.filter(owner=viewer)
    if which == TEAM:
        return plans.filter(owner__in=User.objects.led_by(viewer))
    return plans


def _open_risks() -> QuerySet[Any, Any]:
    risks = PlanRisk.objects.filter(plan=OuterRef("pk"), closed_on=None)
    return risks.order_by().values("plan").annotate(n=Count("pk")).values("n")


def _values(viewer: User, accounts: Sequence[int]) -> dict[int, Any]:
    """Return what the open deals that `viewer` may see are worth, by account."""
    deals = Opportunity.objects.visible_to(viewer).open()
    sums = deals.filter(account__in=accounts).order_by().values("account_id")
    return dict(sums.annotate(total=Sum("amount")).values_list("account_id", "total"))


def _place(after: str) -> tuple[date, int] | None:
    """Return the place that a page's address names, None for none or nonsense."""
    day, _sep, key = after.partition("_")
    try:
        return date.fromisoformat(day), min(int(key), 2**63 - 1)
    except ValueError:
        return None


def may_plan(viewer: User) -> QuerySet[Account]:
    """Return the accounts for which `viewer` may make a plan.

    Those of whose deals the viewer owns one, or leads somebody who does.
    """
    if not viewer.is_active:
        return Account.objects.none()
    own = Q(owner=viewer) | Q(owner__in=User.objects.led_by(viewer))
    deals = Opportunity.objects.filter(own).exclude(account=None)
    return Account.objects.visible_to(viewer).filter(
        pk__in=deals.order_by().values("account")
    )


def may_promise(plan: AccountPlan, viewer: User) -> list[tuple[int, str]]:
    """Return key and name of who may promise something about the plan. One query.

    Its owner, the viewer, and who has an open deal there that `viewer` sees.
    """
    deals = (
        Opportunity.objects.visible_to(viewer).open().filter(account=plan.account_id)
    )
    people = User.objects.active().filter(
        Q(pk__in=(viewer.pk, plan.owner_id))
        | Q(pk__in=deals.order_by().values("owner"))
    )
    return list(people.order_by("name", "pk").values_list("pk", "name"))


def sellers_of(account: Account, viewer: User) -> QuerySet[User]:
    """Return who may own its plan: who sells there as `viewer` sees, and the viewer."""
    deals = Opportunity.objects.visible_to(viewer).filter(account=account)
    people = User.objects.active().filter(
        Q(pk=viewer.pk) | Q(pk__in=deals.order_by().values("owner"))
    )
    return people.order_by("name", "pk")
