"""Puts the demo's people, teams, process and products into an empty installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipeline.opportunities.models import Product, Source
from pipeline.process.models import Process
from pipeline.process.services.processes import create_starter
from rhythm.people.models import Membership, Organisation, Team, User
from scorecards.demo.cast import COMPANY, PEOPLE, TEAMS, Person
from scorecards.demo.days import Days
from scorecards.demo.words import PRODUCTS

LIST_PRICES = (Decimal(18_000), Decimal(24_500), Decimal(60_000), Decimal(9_800))


@dataclass(frozen=True)
class Crm:
    """The CRM that one team still keeps its deals in, beside us."""

    name: str
    title: str
    # Where its records are.
    records: str
    owned: tuple[str, ...]


CRM = Crm("fieldbook", "Fieldbook CRM", "https://crm.example/deals/", ("name", "owner"))


@dataclass(frozen=True)
class Company:
    """What the deals hang on, by key."""

    people: dict[str, User]
    teams: dict[str, Team]
    process: Process
    products: dict[str, Product]


def build(days: Days) -> Company:
    """Create the organisation and everybody in it; return them by key."""
    organisation = Organisation.current()
    organisation.name, organisation.is_demo = COMPANY, True
    # As if somebody had looked at the settings and saved them.
    organisation.version += 1
    organisation.save(update_fields=["name", "is_demo", "version"])
    people = {
        each.key: User.objects.create_user(
            each.email,
            each.name,
            is_rep=each.is_rep,
            is_executive=each.is_executive,
            is_admin=each.is_admin,
            time_zone=each.zone,
            is_active=each.is_here,
            # They were here before, as their deals show.
            last_login=days.ago(each.left_ago or 0, 8),
        )
        for each in PEOPLE
    }
    products = {
        name: Product.objects.create(name=name, list_price=price)
        for name, price in zip(PRODUCTS, LIST_PRICES, strict=True)
    }
    Source.objects.create(
        name=CRM.name, title=CRM.title, owned=list(CRM.owned), as_of=days.ago(1, 5)
    )
    return Company(people, _teams(people, days), create_starter(), products)


def _teams(people: dict[str, User], days: Days) -> dict[str, Team]:
    teams: dict[str, Team] = {}
    for each in TEAMS:
        teams[each.name] = Team.objects.create(
            name=each.name,
            parent=teams.get(each.parent),
            manager=people[each.manager],
        )
    Membership.objects.bulk_create(
        Membership(
            user=people[each.key],
            team=teams[each.team],
            since=days.on(-each.joined_ago),
            until=_left_on(each, days),
        )
        for each in PEOPLE
        if each.team
    )
    return teams


def _left_on(person: Person, days: Days) -> date | None:
    """Return the day on which somebody left the team; None for who comes back."""
    if person.left_ago is None or person.is_on_leave:
        return None
    return days.on(-person.left_ago)
