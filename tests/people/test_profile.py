"""What a person changes about itself, and where it is signed in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from rhythm.notices.models import Notice
from rhythm.people import services
from rhythm.people.models import AuditEntry, Theme, User

URL = "/people/me/"
PASSWORD = "a quiet river 7"
LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/604"


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


def signed_in(person: User, agent: str = LINUX) -> Client:
    browser = Client(headers={"user-agent": agent})
    browser.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return browser


def form_of(person: User, **more: object) -> dict[str, object]:
    return {
        "name": person.name,
        "time_zone": person.time_zone,
        "theme": "system",
        "has_shortcuts": "on",
        "version": person.version,
        **more,
    }


def test_name_zone_look_and_keys_are_ones_own_to_change(rita, as_user):
    browser = as_user(rita)
    assert "data-keys" not in browser.get(URL).content.decode()
    form = form_of(rita, name="Rita Rivers", time_zone="Europe/Lisbon", theme="dark")
    del form["has_shortcuts"]
    assert browser.post(URL, form).status_code == 302

    rita.refresh_from_db()
    assert (rita.name, rita.time_zone) == ("Rita Rivers", "Europe/Lisbon")
    page = browser.get(URL).content.decode()
    assert 'data-bs-theme="dark" data-theme="dark"' in page
    assert 'data-keys="off"' in page
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.about) == (rita, rita)
    assert "theme" not in entry.text


def test_nobody_makes_oneself_an_admin_there(rita, as_user):
    as_user(rita).post(URL, form_of(rita, is_admin="on", email="x@example.com"))

    rita.refresh_from_db()
    assert not rita.is_admin
    assert rita.email == "rita@example.com"


def test_what_is_refused_is_said_and_a_conflict_is_shown(rita, as_user):
    browser = as_user(rita)
    assert browser.post(URL, form_of(rita, name="")).status_code == 422
    assert browser.post(URL, form_of(rita, time_zone="Mars/Base")).status_code == 422
    assert browser.post(URL, form_of(rita, theme="pink")).status_code == 422

    services.edit_person(
        rita,
        {"name": "Rita Roads"},
        team=None,
        today=rita.today(timezone.now()),
        shown_version=None,
    )
    answer = browser.post(URL, form_of(rita, name="Rita Rivers"))
    assert answer.status_code == 409
    assert "Rita Roads" in answer.content.decode()


def test_the_switch_in_the_top_bar_is_kept(rita, as_user):
    browser = as_user(rita)
    assert browser.post(URL + "theme/", {"theme": "dark"}).status_code == 204
    assert browser.post(URL + "theme/", {"theme": "pink"}).status_code == 422

    rita.refresh_from_db()
    assert rita.theme == Theme.DARK


def test_devices_are_listed_and_signed_out(rita, otto, as_user):
    here, phone = signed_in(rita), signed_in(rita, PHONE)
    page = here.get(URL).content.decode()
    assert "Chrome on Linux" in page
    assert "Safari on iPhone" in page
    other = UserSession.objects.get(user_agent=PHONE)

    # Somebody else's device is nobody's business.
    as_user(otto).post(URL + "devices/end/", {"device": other.pk})
    here.post(URL + "devices/end/", {"device": "x"})
    assert phone.get(URL).status_code == 200
    here.post(URL + "devices/end/", {"device": other.pk})
    assert phone.get(URL).status_code == 302
    assert "Safari on iPhone" not in here.get(URL).content.decode()

    third = signed_in(rita)
    here.post(URL + "devices/end/")
    assert third.get(URL).status_code == 302
    assert here.get(URL).status_code == 200
    assert AuditEntry.objects.filter(kind="devices_ended").count() == 2


def test_devices_cost_the_same_for_many(rita, count_queries):
    here = signed_in(rita)
    here.get(URL)
    few = count_queries(lambda: here.get(URL))
    for _number in range(10):
        signed_in(rita)

    assert count_queries(lambda: here.get(URL)) == few <= 12


def test_being_seen_is_kept_four_times_an_hour(rita):
    here = signed_in(rita)
    first = UserSession.objects.get().last_seen_at
    here.get(URL)
    assert UserSession.objects.get().last_seen_at == first
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        here.get(URL)

    assert UserSession.objects.get().last_seen_at > first


def test_a_new_password_signs_out_everywhere(rita):
    here, phone = signed_in(rita), signed_in(rita, PHONE)
    new = "another quiet river 8"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    here.post("/accounts/password/change/", form)

    assert here.get(URL).status_code == 302
    assert phone.get(URL).status_code == 302
    assert not UserSession.objects.exists()
    assert AuditEntry.objects.filter(kind="password_changed", by=rita).exists()
    assert Notice.objects.get(kind="account.password_changed").recipient == rita


def test_the_deactivated_are_out_at_once_and_stay_out(rita, ada):
    here = signed_in(rita)
    services.deactivate(rita, by=ada, now=timezone.now())
    assert here.get(URL).status_code == 302
    services.reactivate(rita, by=ada)

    assert here.get(URL).status_code == 302
    assert signed_in(rita).get(URL).status_code == 200


def test_who_may_sign_in_no_more_is_out_at_once(rita, ada):
    here = signed_in(rita)
    services.edit_person(
        rita,
        {"email": ""},
        team=None,
        today=timezone.now().date(),
        shown_version=rita.version,
        by=ada,
    )

    assert not UserSession.objects.filter(user=rita).exists()
    assert here.get(URL).status_code == 302
    # Nor does a session count that nobody ended.
    other = Client()
    other.force_login(rita, backend="rhythm.people.backends.SignInBackend")
    assert other.get(URL).status_code == 302


def test_a_new_address_counts_when_it_is_confirmed(rita, ada):
    here = signed_in(rita)
    form = {"email": "rita.new@example.com", "action_add": ""}
    asked = here.post("/accounts/email/", form)
    here.post(asked["Location"], {"password": PASSWORD})
    rita.refresh_from_db()
    assert rita.email == "rita@example.com"
    version = rita.version

    services.invite(rita, by=ada, now=timezone.now())
    mail = Notice.objects.get(address="rita.new@example.com")
    found = re.search(r"https?://[^/]+(/\S+)", mail.text)
    assert found
    Client().post(found[1])
    rita.refresh_from_db()
    assert rita.email == "rita.new@example.com"
    assert rita.version == version + 1
    assert not rita.invitations.exists()
    entry = AuditEntry.objects.get(kind="email_changed")
    assert entry.text == "rita@example.com → rita.new@example.com"
    assert Notice.objects.get(kind="account.email_changed").address == (
        "rita@example.com"
    )
    assert signed_in(rita).get(URL).status_code == 200
