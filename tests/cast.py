"""The cast. Rita sells, Lena leads her, Otto is in another team that Omar leads.

Vera leads both Lena and Omar. Max is an executive without a team, Ada the admin.
Dora sold beside Rita and is deactivated. Each is a fixture.
"""

from __future__ import annotations

import pytest

from rhythm.people.models import Organisation, Team, User
from tests.factories.people import OrganisationFactory, TeamFactory, UserFactory


@pytest.fixture
def organisation(db: None) -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def vera(organisation: Organisation) -> User:
    return UserFactory(name="Vera Voss", email="vera@example.com", is_rep=False)


@pytest.fixture
def sales(vera: User) -> Team:
    return TeamFactory(name="Sales", manager=vera)


@pytest.fixture
def lena(sales: Team) -> User:
    return UserFactory(
        name="Lena Lang", email="lena@example.com", is_rep=False, team=sales
    )


@pytest.fixture
def central(sales: Team, lena: User) -> Team:
    return TeamFactory(name="Central", parent=sales, manager=lena)


@pytest.fixture
def rita(central: Team) -> User:
    return UserFactory(name="Rita Reyes", email="rita@example.com", team=central)


@pytest.fixture
def dora(central: Team) -> User:
    return UserFactory(
        name="Dora Dahl", email="dora@example.com", team=central, is_active=False
    )


@pytest.fixture
def omar(sales: Team) -> User:
    return UserFactory(
        name="Omar Odeh", email="omar@example.com", is_rep=False, team=sales
    )


@pytest.fixture
def west(sales: Team, omar: User) -> Team:
    return TeamFactory(name="West", parent=sales, manager=omar)


@pytest.fixture
def otto(west: Team) -> User:
    return UserFactory(name="Otto Olsen", email="otto@example.com", team=west)


@pytest.fixture
def max_(organisation: Organisation) -> User:
    return UserFactory(
        name="Max Mori", email="max@example.com", is_rep=False, is_executive=True
    )


@pytest.fixture
def ada(organisation: Organisation) -> User:
    return UserFactory(
        name="Ada Abel", email="ada@example.com", is_rep=False, is_admin=True
    )
