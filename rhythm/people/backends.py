"""Who a session belongs to."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from rhythm.people.models import User
from rhythm.people.selectors.second_factor import with_debt


class SignInBackend(AuthenticationBackend):
    """Allauth's, and with the person comes whether a second factor is owed.

    That is asked at every request, so it must not cost a query of its own.
    """

    def get_user(self, user_id: Any) -> User | None:
        found = with_debt(User.objects.active()).filter(pk=user_id)
        return found.first()
