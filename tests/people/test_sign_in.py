"""Signing in and out, resets by mail, and what attackers try there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from rhythm.notices.models import DeliveryClass, Notice
from rhythm.people.models import AuditEntry, AuditKind, Organisation, User

PASSWORD = "a quiet river 7"
LOGIN = "/accounts/login/"
RESET = "/accounts/password/reset/"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
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


def sign_in(browser: Client, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return browser.post(LOGIN, {"login": email, "password": password, **more})


def is_signed_in(browser: Client) -> bool:
    return browser.get("/accounts/email/").status_code == 200


@pytest.fixture
def count_hashes(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], int]:
    """Return a function that counts the password hashes of what it calls."""

    def count(act: Callable[[], object]) -> int:
        counted = 0
        hasher = hashers.get_hasher("default")
        encode = type(hasher).encode

        def counting(*args: Any, **kwargs: Any) -> Any:
            nonlocal counted
            counted += 1
            return encode(*args, **kwargs)

        with monkeypatch.context() as patched:
            patched.setattr(type(hasher), "encode", counting)
            act()
        return counted

    return count


def test_signing_in_needs_the_password(rita):
    browser = Client()
    assert sign_in(browser, rita.email, "wrong").status_code == 200
    assert not is_signed_in(browser)

    assert sign_in(browser, "RITA@example.com").status_code == 302
    assert is_signed_in(browser)


def test_the_session_gets_a_new_id_at_sign_in(rita):
    browser = Client()
    browser.cookies["session"] = "chosen-by-an-attacker"
    browser.get(LOGIN)

    sign_in(browser, rita.email)

    assert browser.cookies["session"].value != "chosen-by-an-attacker"
    assert len(browser.cookies["session"].value) == 32


def test_the_deactivated_cannot_sign_in_and_are_out_at_once(rita):
    browser = Client()
    sign_in(browser, rita.email)
    rita.is_active = False
    rita.save(update_fields=["is_active"])

    assert not is_signed_in(browser)
    sign_in(browser, rita.email)
    assert not is_signed_in(browser)


def test_pages_are_not_kept_by_the_browser(rita):
    browser = Client()
    browser.force_login(rita)

    page = browser.get("/accounts/email/")
    assert "no-store" in page["Cache-Control"]

    left = browser.post("/accounts/logout/")
    assert left["Clear-Site-Data"] == '"cache"'
    assert not is_signed_in(browser)


def test_an_account_is_tried_five_times_and_then_rests(rita, count_hashes):
    browser = Client()

    def attack() -> None:
        for attempt in range(20):
            sign_in(browser, rita.email, f"wrong {attempt}")

    assert count_hashes(attack) == 5
    # The right password does not help now, so that guessing tells nothing.
    assert sign_in(browser, rita.email).status_code == 200


def test_an_address_may_not_try_many_accounts(rita, count_hashes):
    browser = Client()

    def attack() -> None:
        for number in range(30):
            sign_in(browser, f"nobody{number}@example.com", "wrong")

    assert count_hashes(attack) == 10


def test_an_unknown_account_costs_and_says_the_same(rita, otto, dora, count_hashes):
    """Rita has a password, Otto none, Dora is deactivated, nobody is unknown."""

    def attempt(email: str) -> tuple[int, str]:
        cache.clear()
        answers = []
        hashes = count_hashes(lambda: answers.append(sign_in(Client(), email, "wrong")))
        text = answers[0].content.decode().replace(email, "")
        return hashes, re.sub(r"\b\w{64}\b", "token", text)

    answers = [
        attempt(email)
        for email in (rita.email, otto.email, dora.email, "nobody@example.com")
    ]

    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 1


def test_a_reset_says_the_same_to_all_and_writes_to_those_with_a_password(
    rita, otto, dora
):
    answers = {
        (answer.status_code, answer["Location"])
        for email in (rita.email, otto.email, dora.email, "nobody@example.com")
        if (answer := Client().post(RESET, {"email": email}))
    }

    assert len(answers) == 1
    assert [each.recipient for each in Notice.objects.all()] == [rita]


def test_a_reset_costs_the_same_for_all_and_is_written_down(
    rita, otto, count_queries, django_capture_on_commit_callbacks, settings
):
    settings.HAS_MAIL_SERVER = True
    EmailAddress.objects.create(
        user=otto, email=otto.email, verified=True, primary=True
    )

    def cost(email: str) -> tuple[int, int]:
        cache.clear()
        with django_capture_on_commit_callbacks() as hints:
            queries = count_queries(lambda: Client().post(RESET, {"email": email}))
        return queries, len(hints)

    cost(rita.email)
    costs = {email: cost(email) for email in (rita.email, otto.email, "x@example.com")}

    assert {hints for _queries, hints in costs.values()} == {1}, costs
    queries = [queries for queries, _hints in costs.values()]
    # A token knows the addresses of its person.
    assert max(queries) - min(queries) <= 2, costs
    asked = AuditEntry.objects.filter(kind=AuditKind.RESET_ASKED)
    assert {each.about for each in asked} == {rita, otto, None}


def test_the_reset_link_is_ours_whatever_the_host_says(rita, settings):
    settings.ALLOWED_HOSTS = ["localhost", "evil.example"]
    Client().post(RESET, {"email": rita.email}, headers={"host": "evil.example"})

    notice = Notice.objects.get()
    assert notice.delivery_class == DeliveryClass.AT_LEAST_ONCE
    assert "evil" not in notice.text
    assert f"{settings.APP_BASE_URL}/accounts/password/reset/key/" in notice.text


def test_a_strange_host_is_refused(rita):
    answer = Client().post(
        RESET, {"email": rita.email}, headers={"host": "evil.example"}
    )

    assert answer.status_code == 400
    assert not Notice.objects.exists()


def test_a_forwarded_host_changes_nothing(rita):
    Client().post(
        RESET, {"email": rita.email}, headers={"x-forwarded-host": "evil.example"}
    )

    assert "evil" not in Notice.objects.get().text


def test_a_reset_by_mail_lets_in_with_the_new_password(rita):
    browser = Client()
    browser.post(RESET, {"email": rita.email})
    found = re.search(r"https?://\S+(/accounts/\S+)", Notice.objects.get().text)
    assert found

    page = browser.get(found[1], follow=True)
    path = page.redirect_chain[-1][0]
    new = "another quiet river 8"
    browser.post(path, {"password1": new, "password2": new})

    assert sign_in(Client(), rita.email).status_code == 200
    assert sign_in(browser, rita.email, new).status_code == 302
    # A link works once.
    again = Client().get(found[1], follow=True)
    assert "password1" not in again.content.decode()


def test_sign_up_is_closed_until_an_admin_opens_it(organisation):
    form = {
        "email": "new@example.com",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    Client().post(reverse("account_signup"), form)
    assert not User.objects.filter(email="new@example.com").exists()

    Organisation.objects.update(is_signup_open=True)
    browser = Client()
    browser.post(reverse("account_signup"), form)

    assert User.objects.get(email="new@example.com").name == "new"
    # Not before the address is confirmed.
    assert not is_signed_in(browser)
    assert "/accounts/confirm-email/" in Notice.objects.get().text


EVIL = [
    "https://evil.example",
    "http://evil.example/",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    " https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "https:///evil.example",
    "https://localhost@evil.example",
    "https://localhost.evil.example",
    "https://evil.example#localhost",
    "https://evil.example?localhost",
    "https://evil.example\\localhost",
    "https://testserver:pw@evil.example/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "ftp://evil.example",
    "mailto:a@evil.example",
    "evil.example",
    "www.evil.example/path",
    "%2f%2fevil.example",
    "%68ttps://evil.example",
    "/\x00/evil.example",
    "//evil%E3%80%82example",
    "//evil。example",
    "/\r\nLocation: https://evil.example",
    "/path\r\nSet-Cookie: a=b",
    "//[::1]",
    "https://0x7f.1",
    "//localhost:1@evil.example",
    "",
]


@pytest.mark.parametrize("where", EVIL)
def test_sign_in_never_leads_away(rita, where):
    answer = sign_in(Client(), rita.email, next=where)

    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_sign_in_leads_to_where_one_wanted_to_go(rita):
    answer = sign_in(Client(), rita.email, next="/reviews/7/?tab=deals")

    assert answer["Location"] == "/reviews/7/?tab=deals"
