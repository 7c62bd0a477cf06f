"""The second factor: set up, asked for, required, lost."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from rhythm.notices.models import Notice
from rhythm.people import services
from rhythm.people.mfa import MFAAdapter
from rhythm.people.models import AuditEntry, Organisation, User
from scorecards.homes.services import reset_second_factor
from tests.factories.people import UserFactory

PASSWORD = "a quiet river 7"
LOGIN = "/accounts/login/"
FACTOR = "/accounts/second-factor/"
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


def with_password(person: User) -> User:
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    EmailAddress.objects.create(
        user=person, email=person.email, verified=True, primary=True
    )
    return person


def code_of(secret: str) -> str:
    """Return what an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def with_app(person: User) -> str:
    """Give the person an authenticator app and return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def sign_in(browser: Client, person: User) -> Any:
    form = {"login": person.email, "password": PASSWORD}
    return browser.post(LOGIN, form)


def is_in(browser: Client) -> bool:
    return browser.get("/people/me/").status_code == 200


def require(whom: str) -> None:
    Organisation.current()
    Organisation.objects.update(second_factor_for=whom)


def kinds() -> list[str]:
    return list(AuditEntry.objects.values_list("kind", flat=True))


def test_setting_up_an_app_asks_for_the_password_first_and_is_told(
    rita, organisation, django_capture_on_commit_callbacks
):
    with_password(rita)
    browser = Client()
    sign_in(browser, rita)
    asked = browser.get(FACTOR + "totp/activate/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")

    browser.post(asked["Location"], {"password": PASSWORD})
    page = browser.get(FACTOR + "totp/activate/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    found = re.search(r'value="([A-Z2-7]{32})"', page)
    assert found
    secret = found[1]
    wrong = browser.post(FACTOR + "totp/activate/", {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        done = browser.post(FACTOR + "totp/activate/", {"code": code_of(secret)})

    assert done["Location"] == FACTOR + "recovery-codes/"
    assert rita.authenticator_set.filter(type="totp").exists()
    assert "factor_added" in kinds()
    notice = Notice.objects.get(kind="account.totp_activated")
    assert (notice.recipient, notice.address) == (rita, rita.email)


def test_secrets_are_not_readable_in_the_database(rita, settings):
    secret = with_app(rita)
    codes = RecoveryCodes.activate(rita).get_unused_codes()
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)

    app = Authenticator.objects.get(type="totp")
    settings.SECRET_KEY, old = "another key " * 6, settings.SECRET_KEY
    settings.SECRET_KEY_FALLBACKS = [old]
    assert app.wrap().validate_code(code_of(secret))
    # A key that leaked is dropped at once, and what it locked is worth nothing then.
    cache.clear()
    settings.SECRET_KEY_FALLBACKS = []
    assert not app.wrap().validate_code(code_of(secret))
    assert MFAAdapter().decrypt("nonsense")


def test_the_password_alone_does_not_let_in(rita):
    secret = with_app(with_password(rita))
    browser = Client()
    assert sign_in(browser, rita)["Location"] == FACTOR + "authenticate/"
    assert not is_in(browser)

    browser.post(FACTOR + "authenticate/", {"code": "000000"})
    assert not is_in(browser)
    assert AuditEntry.objects.filter(
        kind="sign_in_failed", about=rita, text="second factor"
    ).exists()
    before = browser.cookies["session"].value
    browser.post(FACTOR + "authenticate/", {"code": code_of(secret)})
    assert is_in(browser)
    assert browser.cookies["session"].value != before
    assert AuditEntry.objects.filter(kind="sign_in", text="password, totp").exists()


def test_a_code_works_once(rita):
    secret = with_app(with_password(rita))
    code = code_of(secret)
    for expected in (True, False):
        browser = Client()
        sign_in(browser, rita)
        browser.post(FACTOR + "authenticate/", {"code": code})
        assert is_in(browser) is expected


def test_codes_are_not_guessed(rita):
    with_app(with_password(rita))
    browser = Client()
    sign_in(browser, rita)
    answers = [
        browser.post(FACTOR + "authenticate/", {"code": f"{n:06}"}).content.decode()
        for n in range(8)
    ]

    assert sum("Incorrect code" in each for each in answers) == 5
    assert "Too many" in answers[-1]


def test_a_recovery_code_lets_in_once(rita):
    with_app(with_password(rita))
    code = RecoveryCodes.activate(rita).get_unused_codes()[3]
    for expected in (True, False):
        browser = Client()
        sign_in(browser, rita)
        browser.post(FACTOR + "authenticate/", {"code": code})
        assert is_in(browser) is expected


def test_an_invitation_link_does_not_get_past_the_second_factor(rita, ada):
    with_app(rita)
    link = services.invite(rita, by=ada, now=timezone.now())
    browser = Client()
    answer = browser.post("/" + link.split("/", 3)[3], {"password": PASSWORD})

    assert answer["Location"] == LOGIN
    assert not is_in(browser)
    assert sign_in(browser, rita)["Location"] == FACTOR + "authenticate/"


@pytest.mark.parametrize(
    ("whom", "led"),
    [
        ("nobody", set()),
        ("leaders", {"lena", "max_", "ada"}),
        ("everybody", {"rita", "lena", "max_", "ada"}),
    ],
)
def test_who_owes_one_is_led_there_at_the_next_click(
    whom, led, rita, lena, central, max_, ada, as_user
):
    people = {"rita": rita, "lena": lena, "max_": max_, "ada": ada}
    browsers = {name: as_user(person) for name, person in people.items()}
    require(whom)

    for name, browser in browsers.items():
        plain = browser.get("/people/")
        part = browser.get("/people/", headers={"HX-Request": "true"})
        sent = browser.post("/people/me/", {"name": "Other"})
        if name in led:
            assert plain["Location"] == FACTOR
            assert part["HX-Redirect"] == FACTOR
            assert sent["Location"] == FACTOR
            assert browser.get(FACTOR).status_code == 200
            assert browser.get(FACTOR + "totp/activate/").status_code == 200
        else:
            assert plain.status_code == 200
    assert not User.objects.filter(name="Other").exists()


def test_nothing_but_the_way_there_is_open_to_who_owes_one(ada, as_user):
    from django.urls import get_resolver

    from tests.test_access import names

    browser = as_user(ada)
    require("everybody")
    for name in ("people:profile", "account_email", "homes:setup", "homes:home"):
        assert name in set(names(get_resolver().url_patterns))
    for path in ("/", "/people/me/", "/accounts/email/", "/setup/", "/pipeline/"):
        assert browser.get(path)["Location"] == FACTOR
    assert browser.get("/nowhere/").status_code == 404
    assert browser.post("/accounts/logout/").status_code == 302


def test_with_one_everything_opens_again_at_no_cost(rita, as_user, count_queries):
    browser = as_user(rita)
    url = "/people/me/"
    browser.get(url)
    free = count_queries(lambda: browser.get(url))
    require("everybody")
    assert browser.get(url).status_code == 302
    with_app(rita)

    assert count_queries(lambda: browser.get(url)) == free
    assert browser.get(url).status_code == 200


def test_an_admin_resets_a_lost_one_and_the_person_is_told(rita, ada, as_user):
    with_app(with_password(rita))
    RecoveryCodes.activate(rita)
    url = f"/setup/people/{rita.pk}/second-factor/"
    assert as_user(ada).post(url).status_code == 302

    assert not Authenticator.objects.exists()
    entry = AuditEntry.objects.get(kind="factor_reset")
    assert (entry.by, entry.about) == (ada, rita)
    assert Notice.objects.get().recipient == rita
    assert sign_in(Client(), rita)["Location"] == "/"
    assert as_user(ada).post(url).status_code == 422


def test_nobody_resets_the_own_one_that_way(ada):
    with_app(ada)
    with pytest.raises(ValidationError, match="your profile"):
        reset_second_factor(ada, by=ada, now=NOW)


def test_the_last_admin_gets_back_in_from_the_server(ada):
    with_app(with_password(ada))
    bob = UserFactory(name="Bob", is_admin=True)
    ada.is_active = False
    ada.save(update_fields=["is_active"])
    out = StringIO()
    call_command("recover_admin", email="ADA@example.com", stdout=out)

    told = Notice.objects.filter(kind="people.admin_recovered")
    assert {each.recipient for each in told} == {ada, bob}
    assert "admin_recovered" in kinds()
    browser = Client()
    link = out.getvalue().split()[-1]
    new = "another quiet river 8"
    browser.post("/" + link.split("/", 3)[3], {"password": new})
    assert browser.get("/setup/").status_code == 200
    with pytest.raises(CommandError, match="Nobody has this"):
        call_command("recover_admin", email="nobody@example.com", stdout=out)


def test_passkeys_belong_to_the_address_that_people_type(rita, as_user, settings):
    settings.APP_BASE_URL = "https://rhythm.example.com"
    page = as_user(rita).get(FACTOR + "webauthn/add/").content.decode()

    assert '"rp": {"name": "Rhythm' in page
    assert '"id": "rhythm.example.com"' in page
