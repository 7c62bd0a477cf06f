"""Setup: the checklist, the company's settings, invitations."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from rhythm.notices.models import Notice, NoticeState
from rhythm.people.models import Organisation, User
from tests.factories.people import UserFactory
from tests.imports.steps import a_file
from tests.imports.steps import upload as imported

INVITE = "/setup/invite/"


@pytest.mark.parametrize("who", ["rita", "lena", "vera", "max_", "ada"])
def test_everybody_has_a_first_page(who, request, as_user):
    answer = as_user(request.getfixturevalue(who)).get("/", follow=True)

    assert answer.status_code == 200


def test_setup_says_what_is_there(ada, rita, as_user):
    page = as_user(ada).get("/setup/").content.decode()

    # The company has a name, and there are teams with managers, and people.
    assert "3 of 7 done" in page
    assert "No mail server" in page


def test_setup_costs_a_fixed_number_of_queries(ada, as_user, count_queries):
    browser = as_user(ada)

    assert count_queries(lambda: browser.get("/setup/")) <= 16


def company(**values: object) -> dict[str, object]:
    shown: dict[str, object] = {
        "name": "Fennel",
        "currency": "CHF",
        "time_zone": "Europe/Zurich",
        "fiscal_year_month": "4",
        "quarter_end_percent": "50",
        "second_factor_for": "nobody",
        "version": "1",
    }
    return shown | values


def test_an_admin_changes_the_companys_settings(ada, as_user):
    answer = as_user(ada).post("/setup/company/", company(is_signup_open="on"))

    assert answer.status_code == 302
    found = Organisation.current()
    assert (found.name, found.currency, found.fiscal_year_month) == ("Fennel", "CHF", 4)
    assert (found.is_signup_open, found.quarter_end_percent) == (True, 50)


def test_the_later_of_two_admins_sees_what_changed(ada, as_user):
    browser = as_user(ada)
    browser.post("/setup/company/", company(name="Theirs"))

    answer = browser.post("/setup/company/", company(name="Mine"))

    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()


def person(**values: object) -> dict[str, object]:
    shown: dict[str, object] = {
        "name": "Nina New",
        "email": "nina@example.com",
        "is_rep": "on",
        "time_zone": "Europe/Berlin",
    }
    return shown | values


def test_an_invited_person_comes_in_by_the_link_that_was_shown(ada, central, as_user):
    answer = as_user(ada).post(INVITE, person(team=central.pk))
    page = answer.content.decode()
    link = re.search(r'value="https?://[^/]+(/people/invitation/[^"]+)"', page)
    assert link
    assert "There is no mail server" in page

    browser = Client()
    browser.post(link[1], {"password": "a quiet river 7"})
    nina = User.objects.get(email="nina@example.com")
    assert browser.session["_auth_user_id"] == str(nina.pk)
    assert nina.memberships.get().team == central


def test_an_invitation_is_in_the_outbox_with_the_same_link(ada, as_user):
    page = as_user(ada).post(INVITE, person()).content.decode()

    notice = Notice.objects.get()
    assert notice.state == NoticeState.KEPT
    assert notice.address == "nina@example.com"
    link = re.search(r"https?://\S+", notice.text)
    assert link
    assert link[0] in page


def test_with_a_mail_server_it_goes_out(ada, as_user, settings):
    settings.HAS_MAIL_SERVER = True
    page = as_user(ada).post(INVITE, person()).content.decode()

    assert "on its way to nina@example.com" in page
    assert Notice.objects.get().state == NoticeState.QUEUED
    # It lets somebody in: the admin's page of the outbox does not show it.
    shown = (
        as_user(ada)
        .get(f"/notices/deliveries/{Notice.objects.get().pk}/")
        .content.decode()
    )
    assert "/people/invitation/" not in shown


def test_an_email_that_somebody_has_is_refused_and_nothing_is_lost(ada, rita, as_user):
    answer = as_user(ada).post(INVITE, person(email="RITA@example.com"))

    assert answer.status_code == 422
    assert "already has this e-mail" in answer.content.decode()
    assert "Nina New" in answer.content.decode()


def test_a_person_without_an_email_is_made_and_not_invited(ada, as_user):
    answer = as_user(ada).post(INVITE, person(email=""))

    assert answer.status_code == 302
    assert not Notice.objects.exists()


def test_asking_twice_for_a_link_leaves_one(ada, rita, as_user):
    browser = as_user(ada)
    url = f"/setup/people/{rita.pk}/invite/"
    first = browser.post(url).content.decode()
    browser.post(url)

    link = re.search(r'value="https?://[^/]+(/people/invitation/[^"]+)"', first)
    assert link
    assert Client().get(link[1]).status_code == 404


def test_who_gives_an_e_mail_for_an_invitation_comes_back_to_it(ada, rita, as_user):
    User.objects.filter(pk=rita.pk).update(email=None)
    browser, invitation = as_user(ada), f"/setup/people/{rita.pk}/invite/"
    page = browser.get(invitation).content.decode()
    edit = re.search(r'href="(/people/\d+/edit/[^"]*)"', page)
    assert edit
    form = browser.get(edit[1])
    assert f'name="next" value="{invitation}"' in form.content.decode()

    shown = {k: v for k, v in form.context["form"].initial.items() if v is not None}
    data = shown | {"email": "rita@example.com", "next": invitation}
    data["team"] = shown["team"].pk if "team" in shown else ""
    assert browser.post(f"/people/{rita.pk}/edit/", data).url == invitation


def test_setup_names_the_last_imports_and_who_cannot_sign_in(ada, rita, as_user):
    run = imported(ada, a_file("deals.csv", "id,name\n1,Trench\n"))
    UserFactory(name="Ned Nomail", email=None)
    page = as_user(ada).get("/setup/").content.decode()

    assert f'href="/imports/{run.pk}/"' in page
    assert "1 person came by an import" in page
    assert 'href="/people/?state=unable"' in page
