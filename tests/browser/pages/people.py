"""People, teams and signing in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from rhythm.people import services as people
from rhythm.people.models import AuditKind, Organisation
from rhythm.people.tokens import first_admin_token
from tests.browser.cases import PageCase
from tests.factories.people import UserFactory


def teams(get: Callable[[str], Any]) -> list[Any]:
    """Bring the cast in, three levels of it."""
    for name in ("rita", "otto", "dora"):
        get(name)
    return []


def ritas_pk(get: Callable[[str], Any]) -> list[Any]:
    return [get("rita").pk]


def team(get: Callable[[str], Any]) -> list[Any]:
    teams(get)
    return [get("central").pk]


def crew(get: Callable[[str], Any]) -> list[Any]:
    """Return nothing for the list, which has people of every state by then."""
    teams(get)
    UserFactory(name="Ned Nomail", email=None)
    return []


def audited(get: Callable[[str], Any]) -> list[Any]:
    """Write lines of every kind into the audit log, some of them long."""
    for kind in AuditKind:
        people.audit.record(kind, by=get("ada"), about=get("rita"), ip="10.0.0.7")
    long = {"subject": "W" * 250, "text": "W" * 1000}
    people.audit.record(AuditKind.TEAM_CHANGED, by=None, **long)
    return []


def owing(get: Callable[[str], Any]) -> list[Any]:
    """Have the company ask everybody for a second factor."""
    Organisation.current()
    Organisation.objects.update(second_factor_for="everybody")
    return []


def invitation(get: Callable[[str], Any]) -> list[Any]:
    link = people.invite(get("rita"), by=get("ada"), now=timezone.now())
    return [link.rstrip("/").rpartition("/")[2]]


PAGES = [
    PageCase("account_login", ""),
    PageCase("account_reset_password", ""),
    PageCase("account_reset_password_done", ""),
    PageCase("account_change_password", "rita"),
    PageCase("account_email", "rita"),
    PageCase("account_signup", ""),
    PageCase("account_logout", "rita"),
    PageCase("people:person_list", "ada", crew),
    PageCase("people:person_detail", "ada", ritas_pk),
    PageCase("people:person_edit", "ada", ritas_pk),
    PageCase("people:team_list", "ada", teams),
    PageCase("people:team_detail", "lena", team),
    PageCase("people:team_edit", "ada", team),
    PageCase("people:audit_list", "ada", audited),
    PageCase("people:profile", "rita"),
    PageCase("mfa_index", "rita"),
    PageCase("mfa_index", "rita", owing),
    PageCase("mfa_activate_totp", "rita"),
    PageCase("mfa_add_webauthn", "rita"),
    PageCase("mfa_list_webauthn", "rita"),
    PageCase("mfa_generate_recovery_codes", "rita"),
    PageCase("account_set_password", "rita"),
    PageCase("people:invitation_accept", "", invitation),
    PageCase("people:first_admin", "", lambda get: [first_admin_token()]),
]
