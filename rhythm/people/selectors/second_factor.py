"""Who has a second factor, and who should."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q

from rhythm.people.models import Organisation, SecondFactorFor, Team, User
from rhythm.people.models.user import UserQuerySet

# Recovery codes alone are none: they come with one of these.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True)
class SecondFactor:
    """What a person signs in with besides the password."""

    has_app: bool
    passkeys: int

    @property
    def is_there(self) -> bool:
        return self.has_app or bool(self.passkeys)


def second_factor(person: User) -> SecondFactor:
    """Return what the person has. Costs one query."""
    held = Authenticator.objects.filter(user=person, type__in=FACTORS)
    types = list(held.values_list("type", flat=True))
    return SecondFactor(
        has_app=Authenticator.Type.TOTP in types,
        passkeys=types.count(Authenticator.Type.WEBAUTHN),
    )


def with_debt(people: UserQuerySet) -> UserQuerySet:
    """Add `is_second_factor_owed`: the company asks for one, and there is none."""
    asks = Organisation.objects.filter(pk=1)
    everybody = Exists(asks.filter(second_factor_for=SecondFactorFor.EVERYBODY))
    leaders = Exists(asks.filter(second_factor_for=SecondFactorFor.LEADERS))
    leads = Exists(Team.objects.filter(manager=OuterRef("pk")))
    has_one = Exists(
        Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    )
    is_leader = Q(is_admin=True) | Q(is_executive=True) | Q(leads)
    asked = Q(everybody) | (Q(leaders) & is_leader)
    return people.annotate(is_second_factor_owed=asked & ~Q(has_one))
