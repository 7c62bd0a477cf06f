"""Coming in and going out, in a real browser."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from playwright.sync_api import expect

from rhythm.people.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a quiet river 7"


@pytest.fixture(autouse=True)
def fresh_limits(db):
    cache.clear()


def test_nothing_is_left_behind_the_back_button(rita, page_as):
    rita.set_password(PASSWORD)
    rita.save(update_fields=["password"])
    EmailAddress.objects.create(
        user=rita, email=rita.email, verified=True, primary=True
    )
    page = page_as(None)
    page.goto("/people/")
    page.get_by_label("Email").fill(rita.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    expect(page.get_by_role("link", name="Rita Reyes")).to_be_visible()

    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.go_back()
    page.wait_for_load_state("networkidle")

    expect(page.get_by_role("link", name="Rita Reyes")).to_have_count(0)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_admin_invites_and_the_invited_comes_in(ada, central, page_as):
    admin = page_as(ada)
    admin.goto("/people/")
    admin.get_by_role("link", name="Invite").click()
    admin.get_by_label("Name").fill("Nina New")
    admin.get_by_label("E-mail").fill("nina@example.com")
    admin.get_by_label("Team").select_option("Central")
    admin.get_by_role("button", name="Invite").click()
    link = admin.get_by_role("textbox", name="Link, shown only now").input_value()

    path = "/" + link.split("/", 3)[3]
    nina = page_as(None)
    nina.goto(path)
    expect(nina.get_by_role("heading", name="Welcome, Nina New")).to_be_visible()
    nina.get_by_label("Password").fill("short")
    nina.get_by_role("button", name="Come in").click()
    expect(nina.get_by_text("too short")).to_be_visible()
    nina.get_by_label("Password").fill(PASSWORD)
    nina.get_by_role("button", name="Come in").click()
    expect(nina.get_by_text("Nina New").first).to_be_visible()

    assert User.objects.get(email="nina@example.com").memberships.get().team == central


def test_two_admins_edit_a_person_and_nothing_is_lost(ada, rita, page_as):
    one, two = page_as(ada), page_as(ada)
    for page in (one, two):
        page.goto(f"/people/{rita.pk}/")
        page.get_by_role("link", name="Edit", exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
    one.get_by_label("Name").fill("Rita Rivers")
    one.get_by_role("button", name="Save").click()
    expect(one.get_by_role("heading", name="Rita Rivers")).to_be_visible()

    two.get_by_label("Name").fill("Rita Roads")
    two.get_by_role("button", name="Save").click()
    expect(two.get_by_text("Somebody changed this")).to_be_visible()
    expect(two.get_by_role("cell", name="Rita Rivers")).to_be_visible()
    two.get_by_role("button", name="Save mine").click()
    expect(two.get_by_role("heading", name="Rita Roads")).to_be_visible()


def test_a_circle_is_said_in_the_sheet(ada, sales, central, page_as):
    page = page_as(ada)
    page.goto("/people/teams/")
    page.get_by_role("link", name="Edit Sales").click()
    page.get_by_label("Team above").select_option("Central")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("that would be a circle")).to_be_visible()
