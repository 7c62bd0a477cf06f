"""Accounts with what hangs on them, as far as the viewer may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Sum

from pipeline.opportunities.models import Account, Contact, Opportunity, Product
from pipeline.opportunities.selectors.search import matching
from rhythm.people.models import User
from rhythm.web.formats import day, money, money_short
from rhythm.web.numbers import whole_number
from rhythm.web.pages import Numbered

PAGE = 50
LAST_PAGE = 400
MOST_DEALS = 50
MOST_CONTACTS = 100


@dataclass(frozen=True)
class AccountRow:
    id: int
    name: str
    about: str
    deals: int
    total: str


def page_number(text: str, last: int = LAST_PAGE) -> int:
    """Return the page that an address names, at least 1."""
    return min(max(whole_number(text) or 1, 1), last)


def account_page(viewer: User, text: str, number: int) -> Numbered[AccountRow]:
    """Return accounts by name, with count and sum of the open deals one may see."""
    accounts = matching(Account.objects.visible_to(viewer), text)
    first = (number - 1) * PAGE
    found = list(accounts.order_by("name", "pk")[first : first + PAGE + 1])
    sums = _open_deals(viewer, (each.pk for each in found))
    currency = viewer.organisation.currency
    rows = [
        AccountRow(
            id=each.pk,
            name=each.name,
            about=", ".join(filter(None, (each.industry, each.location))),
            deals=sums.get(each.pk, (0, None))[0],
            total=money_short(sums.get(each.pk, (0, None))[1], currency),
        )
        for each in found[:PAGE]
    ]
    return Numbered(number, len(found) > PAGE and number < LAST_PAGE, rows)


def _open_deals(
    viewer: User, account_ids: Iterable[int]
) -> dict[int, tuple[int, Decimal | None]]:
    deals = Opportunity.objects.visible_to(viewer).open()
    sums = (
        deals.filter(account__in=list(account_ids))
        .order_by()
        .values_list("account_id")
        .annotate(Count("pk"), Sum("amount"))
    )
    return {key: (count, total) for key, count, total in sums}


@dataclass(frozen=True)
class DealRow:
    id: int
    name: str
    stage: str
    owner: str
    amount: str
    close: str
    is_open: bool
    outcome: str


@dataclass(frozen=True)
class AccountDetail:
    account: Account
    deals: list[DealRow]
    contacts: list[Contact]
    subsidiaries: list[Account]


def account_of(account: Account, *, viewer: User, now: datetime) -> AccountDetail:
    """Return the account's page: the deals that `viewer` may see, and its contacts."""
    currency, today = viewer.organisation.currency, viewer.today(now)
    deals = Opportunity.objects.visible_to(viewer).filter(account=account)
    deals = deals.select_related("stage", "owner").order_by("-closed_on", "-pk")
    rows = [
        DealRow(
            id=each.pk,
            name=each.name,
            stage=each.stage.name,
            owner=each.owner.name,
            amount=money(each.amount, currency),
            close=day(each.close_on if each.is_open else each.closed_on, today),
            is_open=each.is_open,
            outcome=each.outcome,
        )
        for each in deals[:MOST_DEALS]
    ]
    contacts = Contact.objects.visible_to(viewer).filter(account=account)
    return AccountDetail(
        account=account,
        deals=rows,
        contacts=list(contacts.order_by("name", "pk")[:MOST_CONTACTS]),
        subsidiaries=list(account.subsidiaries.order_by("name", "pk")[:50]),
    )


@dataclass(frozen=True)
class ProductRow:
    id: int
    name: str
    series: str
    price: str
    is_active: bool


def product_page(viewer: User, number: int) -> Numbered[ProductRow]:
    """Return the products by name, a page at a time."""
    first = (number - 1) * PAGE
    products = Product.objects.visible_to(viewer).order_by("name", "pk")
    found = list(products[first : first + PAGE + 1])
    currency = viewer.organisation.currency
    rows = [
        ProductRow(
            id=each.pk,
            name=each.name,
            series=each.series,
            price=money(each.list_price, currency),
            is_active=each.is_active,
        )
        for each in found[:PAGE]
    ]
    return Numbered(number, len(found) > PAGE, rows)
