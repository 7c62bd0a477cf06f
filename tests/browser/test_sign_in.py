"""Passkeys, authenticator apps and the own look, in a real browser."""

from __future__ import annotations

import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from playwright.sync_api import Page, expect

from rhythm.people.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a quiet river 7"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def fresh_limits(db):
    cache.clear()


@pytest.fixture
def rita(rita: User) -> User:
    """Return Rita with a password."""
    rita.set_password(PASSWORD)
    rita.save(update_fields=["password"])
    EmailAddress.objects.create(
        user=rita, email=rita.email, verified=True, primary=True
    )
    return rita


def sign_in(page: Page, person: User) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def with_authenticator(page: Page) -> None:
    """Put a virtual device with a fingerprint reader into the browser."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_a_passkey_is_added_and_lets_in_without_a_password(rita, page_as, clean):
    page = page_as(None)
    with_authenticator(page)
    sign_in(page, rita)
    page.get_by_label("Your account").click()
    page.get_by_role("link", name="Your profile").click()
    page.get_by_role("link", name="Set up second factor").click()
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
    clean(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    clean(page)
    page.get_by_role("link", name="Done").click()
    page.get_by_role("link", name="Manage passkeys").click()
    expect(page.get_by_text("Passkey 1")).to_be_visible()
    clean(page)

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Rita Reyes").first).to_be_visible()

    # As a second step, after the password.
    sign_out(page)
    sign_in(page, rita)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Rita Reyes").first).to_be_visible()
    assert not page.watch.problems


def test_a_passkey_that_is_broken_off_is_said_and_changes_nothing(rita, page_as):
    page = page_as(None)
    page.goto("/accounts/login/")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new Error('off')); }"
    )
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_text("Nothing has changed; try again.")).to_be_visible()
    assert not page.watch.problems


def test_an_app_is_set_up_by_its_code_and_asked_for_at_sign_in(rita, page_as, clean):
    page = page_as(None)
    sign_in(page, rita)
    expect(page.get_by_text("Rita Reyes").first).to_be_visible()
    page.goto("/accounts/second-factor/totp/activate/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    code = page.get_by_role("img", name="QR code")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.complete && image.naturalWidth > 0")
    clean(page)
    secret = page.get_by_label("Or type this secret into it").input_value()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    recovery = page.locator("#codes code").first.inner_text()

    sign_out(page)
    sign_in(page, rita)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Incorrect code")).to_be_visible()
    clean(page)
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Rita Reyes").first).to_be_visible()


def test_look_and_keys_are_kept_by_person_from_the_first_paint(rita, page_as):
    page = page_as(rita)
    page.goto("/people/me/")
    page.get_by_label("Look").select_option("Dark")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html[data-bs-theme=dark][data-keys=off]")).to_be_attached()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)

    # Another browser of the same person, before any script of ours could run.
    other = page_as(rita)
    other.route("**/*.js", lambda route: route.abort())
    other.goto("/people/me/")
    assert other.locator("html").get_attribute("data-bs-theme") == "dark"

    with page.expect_response("**/people/me/theme/"):
        page.get_by_label("Switch between light and dark").click()
    rita.refresh_from_db()
    assert rita.theme == "light"


def test_one_device_is_signed_out_from_another(rita, page_as):
    here, there = page_as(None), page_as(None)
    for page in (here, there):
        sign_in(page, rita)
        expect(page.get_by_text("Rita Reyes").first).to_be_visible()
    here.goto("/people/me/")
    here.get_by_role("button", name="Sign out Chrome on Linux").click()
    expect(here.get_by_text("1 device signed out")).to_be_visible()

    there.goto("/people/me/")
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()
