"""The ways in beside sign-in: invitations, the first admin, the demo."""

from __future__ import annotations

import importlib
import re
import sys
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import clear_url_caches, reverse
from django.utils import timezone

from rhythm.people import demo, services
from rhythm.people.models import Invitation, Organisation, User
from tests.factories.people import UserFactory

PASSWORD = "a quiet river 7"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


def path(link: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link)


@pytest.fixture
def link(rita: User, ada: User) -> str:
    return path(services.invite(rita, by=ada, now=timezone.now()))


def signed_in(browser: Client) -> str | None:
    return browser.session.get("_auth_user_id")


def test_an_invitation_lets_its_person_in_with_a_password(link, rita):
    browser = Client()
    assert "Welcome, Rita Reyes" in browser.get(link).content.decode()

    answer = browser.post(link, {"password": PASSWORD})

    assert answer.status_code == 302
    assert signed_in(browser) == str(rita.pk)
    rita.refresh_from_db()
    assert rita.check_password(PASSWORD)


def test_a_link_works_once(link):
    Client().post(link, {"password": PASSWORD})
    second = Client()

    page = second.get(link)
    assert page.status_code == 404
    assert "used before" in page.content.decode()
    second.post(link, {"password": "another quiet river"})
    assert signed_in(second) is None


@pytest.mark.parametrize(
    "values",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"withdrawn_at": timezone.now()},
    ],
)
def test_an_expired_or_withdrawn_link_says_so(link, values):
    Invitation.objects.update(**values)

    page = Client().get(link)
    assert page.status_code == 404
    assert "withdrawn, has expired" in page.content.decode()
    assert "Rita" not in page.content.decode()


def test_a_link_of_somebody_deactivated_is_over(link, rita, ada):
    services.deactivate(rita, by=ada, now=timezone.now())

    assert Client().get(link).status_code == 404


def test_a_weak_password_is_refused_and_the_link_stays(link, rita):
    for weak in ("short", "password123", "rita@example.com"):
        page = Client().post(link, {"password": weak})
        assert page.status_code == 422, weak

    assert Client().get(link).status_code == 200


def test_the_session_of_before_does_not_become_the_invited_ones(link, otto):
    browser = Client()
    browser.force_login(otto)
    before = browser.session.session_key
    browser.post(link, {"password": PASSWORD})

    assert browser.session.session_key != before
    assert not browser.session.exists(before)


def test_guessing_tokens_ends_with_a_429(link):
    browser = Client()
    answers = {browser.get(f"/people/invitation/{n}/").status_code for n in range(40)}

    assert answers == {404, 429}


def test_the_first_admin_names_the_company_and_comes_in(db):
    printed = StringIO()
    call_command("first_admin_link", stdout=printed)
    link = path(printed.getvalue().strip())
    browser = Client()
    form = {
        "organisation": "Fennel & Sons",
        "name": "Ada Abel",
        "email": "ada@example.com",
        "password": PASSWORD,
        "time_zone": "Europe/Zurich",
        "currency": "CHF",
    }
    assert browser.get(link).status_code == 200

    assert browser.post(link, form | {"password": "short"}).status_code == 422
    browser.post(link, form)

    ada = User.objects.get()
    assert ada.is_admin
    assert signed_in(browser) == str(ada.pk)
    assert Organisation.current().name == "Fennel & Sons"
    # Once, and nobody after.
    assert Client().get(link).status_code == 404
    Client().post(link, form | {"email": "eve@example.com"})
    assert User.objects.count() == 1
    with pytest.raises(CommandError, match="admin already"):
        call_command("first_admin_link")


def test_a_forged_first_admin_link_is_nothing(db):
    assert Client().get("/people/first-admin/forged/").status_code == 404


def test_create_admin_prints_a_link(db):
    printed = StringIO()
    call_command(
        "create_admin", email="ada@example.com", name="Ada Abel", stdout=printed
    )

    browser = Client()
    browser.post(path(printed.getvalue().strip()), {"password": PASSWORD})
    assert signed_in(browser) == str(User.objects.get(is_admin=True).pk)


def test_create_admin_takes_a_password_from_the_environment(db, monkeypatch):
    monkeypatch.setenv("RHYTHM_ADMIN_PASSWORD", PASSWORD)
    call_command("create_admin", email="ada@example.com", name="Ada", stdout=StringIO())

    answer = Client().post(
        "/accounts/login/", {"login": "ada@example.com", "password": PASSWORD}
    )
    assert answer.status_code == 302


def test_create_admin_refuses_a_weak_password_and_leaves_nobody(db, monkeypatch):
    monkeypatch.setenv("RHYTHM_ADMIN_PASSWORD", "12345")
    with pytest.raises(CommandError):
        call_command("create_admin", email="ada@example.com", name="Ada")

    assert not User.objects.exists()


def test_create_admin_lifts_somebody_who_is_there(rita):
    call_command("create_admin", email="RITA@example.com", stdout=StringIO())

    rita.refresh_from_db()
    assert rita.is_admin


@pytest.fixture
def demo_urls(settings: Any) -> Any:
    """Build the addresses as an installation with RHYTHM_DEMO has them."""
    settings.DEMO = True
    _rebuild()
    yield
    settings.DEMO = False
    _rebuild()


def _rebuild() -> None:
    for name in ("rhythm.people.urls", "rhythm.urls"):
        importlib.reload(sys.modules[name])
    clear_url_caches()


@pytest.fixture
def rita_of_the_demo(organisation: Organisation) -> User:
    Organisation.objects.update(is_demo=True)
    return UserFactory(name="Rita Reyes", email="rita@demo.example")


def test_a_demo_lets_in_with_one_click(rita_of_the_demo, demo_urls):
    page = Client().get("/accounts/login/").content.decode()
    assert "Rita Reyes" in page

    browser = Client()
    answer = browser.post(
        reverse("people:demo_sign_in"), {"person": rita_of_the_demo.pk}
    )
    assert answer.status_code == 302
    assert signed_in(browser) == str(rita_of_the_demo.pk)


def test_the_door_of_the_demo_opens_to_the_cast_only(rita_of_the_demo, ada, demo_urls):
    url = reverse("people:demo_sign_in")
    for person in (ada.pk, 0, "x", ""):
        assert Client().post(url, {"person": person}).status_code == 404


def test_a_real_organisation_has_no_door_even_with_the_setting(
    rita_of_the_demo, demo_urls
):
    Organisation.objects.update(is_demo=False)

    assert "Rita Reyes" not in Client().get("/accounts/login/").content.decode()
    answer = Client().post(
        reverse("people:demo_sign_in"), {"person": rita_of_the_demo.pk}
    )
    assert answer.status_code == 404


def test_without_the_setting_there_is_no_such_address(rita_of_the_demo):
    answer = Client().post("/people/demo/", {"person": rita_of_the_demo.pk})

    assert answer.status_code == 404
    assert demo.cast() == []
