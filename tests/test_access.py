"""Every URL with every person: who gets what, and what the signed-out may reach."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from rhythm.people.models import User
from tests import access
from tests.access import PERSONAS, SIGN_IN, Row, World

MODULES = [
    importlib.import_module(f"tests.access.{found.name}")
    for found in pkgutil.iter_modules(access.__path__)
]
ROWS: list[Row] = [each for module in MODULES for each in module.ROWS]
# What answers without a sign-in. A name added here is a decision, not a formality.
PUBLIC = {
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "healthz",
    # Opened by the secret in its address alone.
    "imports:receive",
    "meetings:feed_read",
    # Opened by a token that whoever runs the server has set; else it is not there.
    "metrics",
    "mfa_authenticate",
    "mfa_login_webauthn",
    # Opened by the signed token of a mail.
    "notices:unsubscribe",
    "people:first_admin",
    "people:invitation_accept",
    "readyz",
}


@pytest.fixture
def world(
    organisation, sales, central, west, rita, lena, otto, omar, vera, max_, ada, dora
) -> World:
    return World(
        organisation,
        sales,
        central,
        west,
        rita,
        lena,
        otto,
        omar,
        vera,
        max_,
        ada,
        dora,
    )


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    """Lift the rate limits: this asks far more often than a person would."""
    settings.ACCOUNT_RATE_LIMITS = False
    settings.RATE_LIMITS = {}


def names(found: list[Any], namespace: str = "") -> Iterator[str]:
    """Yield the name of every URL, with its namespace."""
    for each in found:
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from names(each.url_patterns, inner)
        elif isinstance(each, URLPattern):
            assert each.name, f"{each.pattern} has no name"
            yield f"{namespace}{each.name}"


def made(what: Any, world: World) -> Any:
    return what(world) if callable(what) else what


def without_tokens(response: HttpResponse) -> str:
    """Return the page without what is new in every page."""
    return re.sub(r"\b\w{64}\b", "token", response.content.decode())


def sign_in(browser: Client, person: User) -> None:
    """Give the browser a session of the person, at half the cost of a sign-in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""


def ask(
    row: Row, url: str, data: Any, persona: str, world: World, *, htmx: bool
) -> HttpResponse:
    """Return the answer that `persona` gets. What it changed is undone."""
    browser = Client(headers={"HX-Request": "true"} if htmx else {})
    with transaction.atomic():
        if person := world.person(persona):
            sign_in(browser, person)
        response = getattr(browser, row.method)(url, data)
        transaction.set_rollback(True)
    return response


def wrong(row: Row, persona: str, response: Any, *, htmx: bool) -> str:
    """Return what is wrong with the answer, "" if nothing is."""
    wanted, got = row.expected[persona], response.status_code
    if wanted == SIGN_IN and not row.is_public and persona in PERSONAS[-2:]:
        header = "HX-Redirect" if htmx else "Location"
        fine = response.headers.get(header, "").startswith(reverse("account_login"))
        return "" if fine else f"{got} and not the sign-in page"
    if htmx and wanted == 302:
        # It is told where to go in a header, or gets the part that changed.
        return "" if got in (200, 204, 302) else f"{got}"
    return "" if got == wanted else f"{got}, wanted {wanted}"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_what_the_table_says(row: Row, world: World) -> None:
    url = reverse(row.name, args=made(row.args, world))
    data = made(row.data, world)
    problems = []
    for persona in PERSONAS:
        for htmx in (False, True):
            response = ask(row, url, data, persona, world, htmx=htmx)
            if problem := wrong(row, persona, response, htmx=htmx):
                how = "htmx" if htmx else "plain"
                problems.append(f"{persona} ({how}) got {problem}")

    assert not problems, "\n".join([str(row), *problems])


@pytest.mark.parametrize(
    "row",
    [each for each in ROWS if 404 in each.expected.values() and not each.is_public],
    ids=str,
)
def test_what_is_hidden_looks_like_what_is_not_there(row: Row, world: World) -> None:
    url = reverse(row.name, args=made(row.args, world))
    hidden_from = next(each for each in PERSONAS if row.expected[each] == 404)
    data = made(row.data, world)
    hidden = ask(row, url, data, hidden_from, world, htmx=False)
    nothing = ask(row, "/there/is/nothing/", data, hidden_from, world, htmx=False)

    assert without_tokens(hidden) == without_tokens(nothing)
    assert hidden.status_code == nothing.status_code


# What is sent by programs: a secret in the address, and neither session nor form.
TOKENLESS = {"imports:receive", "notices:unsubscribe"}


@pytest.mark.parametrize(
    "row",
    [each for each in ROWS if each.method == "post" and each.name not in TOKENLESS],
    ids=str,
)
def test_a_post_without_its_token_is_refused(row: Row, world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.ada)
    url = reverse(row.name, args=made(row.args, world))

    response = browser.post(url, made(row.data, world))

    assert response.status_code == 403
    assert "403_csrf.html" in [each.name for each in response.templates]


# What people edit: each form carries the version that they saw.
EDITS = {
    "activities:activity_edit",
    "activities:kind_edit",
    "commitments:drop",
    "commitments:keep",
    "opportunities:account_edit",
    "opportunities:contact_edit",
    "opportunities:opportunity_assign",
    "opportunities:opportunity_cell",
    "opportunities:opportunity_close",
    "opportunities:opportunity_edit",
    "opportunities:opportunity_move",
    "opportunities:opportunity_reopen",
    "opportunities:outcome_edit",
    "opportunities:outcome_remove",
    "opportunities:person_remove",
    "opportunities:product_edit",
    "opportunities:view_edit",
    "opportunities:view_remove",
    "opportunities:view_update",
    "people:person_edit",
    "people:team_delete",
    "people:team_edit",
    "reviews:review_deal_edit",
}
EDIT_ROWS = [
    each
    for each in ROWS
    if each.name in EDITS
    and each.method == "post"
    and 302 in {each.expected[persona] for persona in PERSONAS[:-2]}
]


@pytest.mark.parametrize("row", EDIT_ROWS, ids=str)
def test_an_edit_without_the_version_seen_is_a_conflict(row: Row, world: World) -> None:
    url = reverse(row.name, args=made(row.args, world))
    data = {k: v for k, v in made(row.data, world).items() if k != "version"}
    signed_in = [each for each in PERSONAS[:-2] if row.expected[each] == 302]

    response = ask(row, url, data, signed_in[0], world, htmx=False)

    assert response.status_code == 409


def test_every_edit_was_tried_without_its_version() -> None:
    assert {each.name for each in EDIT_ROWS} == EDITS


# What an executive may send: the own account, commitments, questions and comments, and
# a review in the chair.
EXECUTIVE = {
    "account_change_password",
    # The own days away, and who stands in then; the own calendar outside.
    "calendar:deputy_create",
    "calendar:leave_create",
    "meetings:feed_make",
    "meetings:feed_revoke",
    # That they have read what a meeting sent ahead.
    "meetings:preread_read",
    "comments:close",
    "comments:comment_create",
    "comments:reopen",
    "comments:reply_create",
    "commitments:commitment_create",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    # Files of what they see.
    "opportunities:opportunity_export",
    "opportunities:view_create",
    "opportunities:view_default",
    # What is in the own inbox, and how it comes.
    "notices:inbox_read",
    "notices:preferences",
    "people:devices_end",
    "people:profile",
    "people:theme",
    "accounts:review_private_note",
    "reviews:review_private_note",
    "reviews:review_start",
}


def test_an_executive_edits_nothing() -> None:
    posts = [each for each in ROWS if each.method == "post" and not each.is_public]
    sent = {each.name for each in posts if each.expected["executive"] not in (403, 404)}

    assert sent == EXECUTIVE


def test_every_url_is_in_the_table() -> None:
    missing = set(names(get_resolver().url_patterns)) - {each.name for each in ROWS}

    assert not missing, f"Give these a row in tests/access/: {sorted(missing)}"


def test_the_table_has_no_url_that_is_gone() -> None:
    gone = {each.name for each in ROWS} - set(names(get_resolver().url_patterns))

    assert not gone


def test_the_signed_out_reach_only_what_is_listed() -> None:
    assert {each.name for each in ROWS if each.is_public} == PUBLIC
