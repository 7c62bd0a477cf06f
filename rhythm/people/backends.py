"""Who a session belongs to."""

from __future__ import annotations

from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.utils.module_loading import import_string

from rhythm.people.models import User
from rhythm.people.models.user import UserQuerySet
from rhythm.people.selectors.second_factor import with_debt


class SignInBackend(AuthenticationBackend):
    """Allauth's, and with the person comes what every request asks of them.

    That is whether a second factor is owed, whether a team is led, the organisation,
    and what settings.PERSON_SURROUNDINGS adds: none of it may cost a query of its own.
    Whoever may not sign in any more has no session either.
    """

    def get_user(self, user_id: Any) -> User | None:
        return _people().filter(pk=user_id).first()


@cache
def _people() -> UserQuerySet:
    """Return the unevaluated query of who may sign in, put together once.

    Each request asks it for one person; to build it each time took longer than the
    database takes to answer.
    """
    people = with_debt(User.objects.able_to_sign_in().with_surroundings())
    for name in settings.PERSON_SURROUNDINGS:
        people = import_string(name)(people)
    return people
