"""Sign-in mail goes through the outbox like everything else."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from rhythm.people.models import Organisation


class AccountAdapter(DefaultAccountAdapter):
    """Allauth, with sign-up as the admin set it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return Organisation.current().is_signup_open
