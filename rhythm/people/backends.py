"""Who a session belongs to."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from rhythm.people.models import User
from rhythm.people.selectors.second_factor import with_debt


class SignInBackend(AuthenticationBackend):
    """Allauth's, and with the person comes what every request asks of them.

    That is whether a second factor is owed, whether a team is led, and the
    organisation: none of it may cost a query of its own.
    """

    def get_user(self, user_id: Any) -> User | None:
        people = User.objects.active().with_surroundings()
        return with_debt(people).filter(pk=user_id).first()
