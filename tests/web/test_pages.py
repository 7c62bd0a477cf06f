"""Pages that every installation has: sign-in, errors."""

import pytest
from django.urls import reverse

from tests.factories.people import UserFactory

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


@pytest.fixture
def demo(settings, organisation):
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.web.demo_urls"
    organisation.is_demo = True
    organisation.save(update_fields=["is_demo"])
    return UserFactory(name="Rita Weber", email="rita@demo.example")


def test_the_door_of_a_demo_offers_its_seats(client, demo):
    text = client.get(reverse("account_login")).content.decode()
    assert "Take a seat in the demo" in text
    assert f'name="person" value="{demo.pk}"' in text


def test_every_page_of_a_demo_says_so_and_lets_one_change_seats(as_user, demo):
    text = as_user(demo).get(reverse("commitments:commitment_list")).content.decode()
    assert 'class="rh-demo"' in text
    assert "Change seats" in text


def test_outside_a_demo_there_is_no_door(client):
    text = client.get(reverse("account_login")).content.decode()
    assert "rh-demo" not in text
    assert 'name="person"' not in text
