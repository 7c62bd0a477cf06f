"""Django's admin site: off, and when it is on, a look at little for few."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.test import Client, override_settings

APPS = [*settings.INSTALLED_APPS, "django.contrib.admin.apps.SimpleAdminConfig"]


@pytest.fixture
def switched_on() -> Iterator[None]:
    with override_settings(INSTALLED_APPS=APPS, ROOT_URLCONF="tests.people.admin_urls"):
        yield


def test_it_is_off_by_default(ada, as_user):
    assert as_user(ada).get("/admin/").status_code == 404


def test_it_lists_a_few_models_and_nothing_that_people_write(switched_on):
    from rhythm.people.admin import site

    shown = {model._meta.label for model in site._registry}
    assert shown == {
        "people.AuditEntry",
        "people.Invitation",
        "people.Membership",
        "people.Organisation",
        "people.Team",
        "people.User",
    }


def test_it_is_for_admins_who_came_in_by_two_factors(switched_on, ada, rita, as_user):
    asked = Client().get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0].startswith("/accounts/login/")
    TOTP.activate(rita, generate_totp_secret())
    assert as_user(rita).get("/admin/").status_code == 302
    browser = as_user(ada)
    led = browser.get("/admin/", follow=True)
    assert led.redirect_chain[-1][0] == "/accounts/second-factor/"

    TOTP.activate(ada, generate_totp_secret())
    # Its first page reads a table that only an installation with the site has.
    assert browser.get("/admin/people/user/").status_code == 200


def test_it_changes_nothing_and_shows_no_secret(switched_on, ada, rita, as_user):
    TOTP.activate(ada, generate_totp_secret())
    browser = as_user(ada)
    url = f"/admin/people/user/{rita.pk}/change/"
    page = browser.get(url)
    assert page.status_code == 200
    assert "Rita Reyes" in page.content.decode()
    assert 'name="password"' not in page.content.decode()

    assert browser.post(url, {"name": "Other"}).status_code == 403
    assert browser.get("/admin/people/user/add/").status_code == 403
    assert browser.post(f"/admin/people/user/{rita.pk}/delete/").status_code == 403
