"""Pages that every installation has: sign-in, errors."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

INLINE = (" style=", "<style", " onclick=", " onload=", "javascript:")


@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_reset_password_done"]
)
def test_public_pages_have_no_inline_style_or_script(client, name):
    page = client.get(reverse(name))
    text = page.content.decode()
    assert page.status_code == 200
    assert "rh-public-card" in text
    assert not [each for each in INLINE if each in text]


def test_a_missing_page_says_so_whole_and_as_a_toast(client):
    whole = client.get("/no/such/page/")
    part = client.get("/no/such/page/", headers={"hx-request": "true"})
    assert whole.status_code == part.status_code == 404
    assert "There is nothing here." in whole.content.decode()
    assert part["HX-Reswap"] == "none"
    assert "toasts" in part["HX-Trigger"]


def test_a_stale_form_says_that_nothing_was_saved(client):
    client.handler.enforce_csrf_checks = True
    whole = client.post(reverse("account_login"))
    part = client.post(reverse("account_login"), headers={"hx-request": "true"})
    assert whole.status_code == part.status_code == 403
    assert "This page is out of date." in whole.content.decode()
    assert part["HX-Reswap"] == "none"
