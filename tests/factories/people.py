from datetime import date
from typing import Any

from factory import Sequence, SubFactory
from factory.django import DjangoModelFactory

from rhythm.people.models import Membership, Organisation, Team, User

LONG_AGO = date(2020, 1, 1)


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation
        django_get_or_create = ("pk",)

    pk = 1
    name = "Fennel & Sons"
    currency = "EUR"


class UserFactory(DjangoModelFactory[User]):
    """A rep who can sign in. `team=` puts the person there since long ago."""

    class Meta:
        model = User

    name = Sequence(lambda n: f"Person {n}")
    email = Sequence(lambda n: f"person{n}@example.com")
    # Unusable, so that no test pays for hashing that it is not about.
    password = "!"

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        team = kwargs.pop("team", None)
        password = kwargs.pop("plain_password", None)
        user = super()._create(model_class, *args, **kwargs)
        if password:
            user.set_password(password)
            user.save(update_fields=["password"])
        if team:
            MembershipFactory(user=user, team=team)
        return user


class TeamFactory(DjangoModelFactory[Team]):
    class Meta:
        model = Team

    name = Sequence(lambda n: f"Team {n}")


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = SubFactory(UserFactory)
    team = SubFactory(TeamFactory)
    since = LONG_AGO
