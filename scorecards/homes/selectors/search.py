"""Deals, accounts and people found from the top bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Account, Contact, Opportunity, Outcome
from pipeline.opportunities.selectors.search import LONGEST_TEXT, matching, named
from rhythm.people.models import User

# So many of each kind are suggested while typing, and so many stand on the page.
MOST_SUGGESTED, MOST = 5, 20
# One letter begins half of all names.
FEWEST_LETTERS = 2


@dataclass(frozen=True)
class Hit:
    """One thing found: its page, and what tells it from others of that name."""

    title: str
    detail: str
    url: str
    icon: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind, and where all of it stands."""

    name: str
    label: str
    hits: list[Hit]
    # Where there is more than is shown; "" when this is all.
    more_url: str


def cleaned(text: str) -> str:
    """Return what was typed without what no name has."""
    return " ".join(text.replace("\0", "").split())[:LONGEST_TEXT]


def is_enough(text: str) -> bool:
    """Return whether there is something to look for."""
    return sum(each.isalnum() for each in text) >= FEWEST_LETTERS


def found(viewer: User, text: str, *, most: int = MOST) -> list[Group]:
    """Return what begins with the words of `text`, by kind; kinds without any are out.

    Only deals and colleagues that `viewer` may see; the names of accounts and of the
    people there are open to everybody. Three queries, none for too short a text.
    """
    if not is_enough(text):
        return []
    groups = (
        _deals(viewer, text, most),
        _accounts(viewer, text, most),
        _people(viewer, text, most),
    )
    return [each for each in groups if each.hits]


def _deals(viewer: User, text: str, most: int) -> Group:
    deals = named(Opportunity.objects.visible_to(viewer), text, viewer)
    # Open ones first, then what closed last.
    deals = deals.order_by(F("closed_on").desc(nulls_first=True), "name", "pk")
    rows = list(deals.select_related("account", "owner", "stage")[: most + 1])
    hits = [_deal(each) for each in rows[:most]]
    url = _more(rows, most, "opportunities:opportunity_list", text)
    return Group("deals", _("Deals"), hits, url)


def _deal(deal: Opportunity) -> Hit:
    state = str(Outcome(deal.outcome).label) if deal.outcome else deal.stage.name
    account = deal.account.name if deal.account else ""
    detail = _dotted(account, deal.owner.name, state)
    return Hit(deal.name, detail, deal.get_absolute_url(), "kanban")


def _accounts(viewer: User, text: str, most: int) -> Group:
    accounts = matching(Account.objects.visible_to(viewer), text)
    rows = list(accounts.order_by("name", "pk")[: most + 1])
    hits = [
        Hit(
            each.name,
            _dotted(each.industry, each.location),
            each.get_absolute_url(),
            "building",
        )
        for each in rows[:most]
    ]
    url = _more(rows, most, "opportunities:account_list", text)
    return Group("accounts", _("Accounts"), hits, url)


def _people(viewer: User, text: str, most: int) -> Group:
    """Return colleagues whose work the viewer may see, and customers. One query."""
    colleagues = matching(User.objects.visible_to(viewer).with_team(), text)
    customers = matching(Contact.objects.visible_to(viewer), text)
    # A customer's page is the account's.
    customers = customers.exclude(account=None)
    both = _plain(colleagues, "team_name", "pk", is_customer=False).union(
        _plain(customers, "account__name", "account", is_customer=True), all=True
    )
    rows = list(both.order_by("is_customer", "name", "page")[: most + 1])
    hits = [_person(each) for each in rows[:most]]
    return Group("people", _("People"), hits, _more(rows, most, "", text))


def _plain(people: QuerySet[Any], where: str, page: str, *, is_customer: bool) -> Any:
    """Return name, where the person is, and the key of the page to open."""
    nowhere = Value("", output_field=CharField())
    title = F("title") if is_customer else nowhere
    return (
        people.order_by()
        .annotate(
            is_customer=Value(int(is_customer), output_field=IntegerField()),
            what=title,
            place=Coalesce(F(where), nowhere),
            page=F(page),
        )
        .values("name", "is_customer", "what", "place", "page")
    )


def _person(row: dict[str, Any]) -> Hit:
    is_customer = row["is_customer"]
    page = "opportunities:account_detail" if is_customer else "people:person_detail"
    return Hit(
        row["name"],
        _dotted(row["what"], row["place"]),
        reverse(page, args=[row["page"]]),
        "person-rolodex" if is_customer else "person",
    )


def _more(rows: list[Any], most: int, page: str, text: str) -> str:
    if len(rows) <= most:
        return ""
    # What is typed shows more on the page of the search first.
    page = "homes:search" if most < MOST else page
    return f"{reverse(page)}?{urlencode({'q': text})}" if page else ""


def _dotted(*words: str) -> str:
    return " · ".join(filter(None, words))
