"""The list of people, the page of one, and the tree of teams."""

from __future__ import annotations

from django.test import Client

from rhythm.people.models import Team, User
from tests.factories.people import TeamFactory, UserFactory

URL = "/people/"


def names(browser: Client, **asked: str) -> str:
    return browser.get(URL, asked, headers={"HX-Request": "true"}).content.decode()


def test_each_sees_the_people_whose_work_is_open_to_them(
    rita, lena, otto, max_, as_user
):
    assert "Otto Olsen" in names(as_user(max_))
    assert "Rita Reyes" in names(as_user(lena))
    assert "Otto Olsen" not in names(as_user(lena))
    assert "Lena Lang" not in names(as_user(rita))


def test_people_are_found_by_name_role_team_and_state(
    rita, lena, otto, dora, ada, central, as_user
):
    browser = as_user(ada)
    assert "Otto Olsen" not in names(browser, q="rita@")
    assert "Rita Reyes" in names(browser, q="RITA@")
    assert "Rita Reyes" not in names(browser, role="manager")
    assert "Lena Lang" in names(browser, role="manager")
    assert "Otto Olsen" not in names(browser, team=str(central.pk))
    assert "Rita Reyes" in names(browser, team=str(central.pk))
    assert "Dora Dahl" in names(browser, state="deactivated")
    assert "Dora Dahl" not in names(browser)
    for odd in ("0", "x", "²", "9" * 30):
        assert browser.get(URL, {"team": odd, "page": odd}).status_code == 200
    # A sign that the database takes in no text.
    assert "Rita Reyes" in names(browser, q="ri\0ta@")


def test_queries_do_not_grow_with_the_list(ada, central, as_user, count_queries):
    browser = as_user(ada)
    UserFactory(team=central)
    few = count_queries(lambda: browser.get(URL))

    for _ in range(10):
        UserFactory(team=central)
    assert count_queries(lambda: browser.get(URL)) == few <= 12


def test_queries_do_not_grow_with_the_tree(ada, sales, as_user, count_queries):
    browser = as_user(ada)
    few = count_queries(lambda: browser.get("/people/teams/"))

    for _ in range(10):
        TeamFactory(parent=sales, manager=UserFactory())
    assert count_queries(lambda: browser.get("/people/teams/")) == few <= 12


def test_a_long_list_has_pages(ada, as_user):
    for number in range(60):
        UserFactory(name=f"Zoe {number:02}")
    browser = as_user(ada)

    assert "Zoe 59" not in names(browser)
    assert "Zoe 59" in names(browser, page="2")


def form(person: User, **values: object) -> dict[str, object]:
    shown: dict[str, object] = {
        "name": person.name,
        "email": person.email or "",
        "is_rep": "on",
        "time_zone": person.time_zone,
        "version": person.version,
    }
    return shown | values


def test_the_later_of_two_editors_sees_what_changed(ada, rita, as_user):
    browser = as_user(ada)
    url = f"{URL}{rita.pk}/edit/"
    browser.post(url, form(rita, name="Rita Rivers"))

    answer = browser.post(url, form(rita, name="Rita Roads"))

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Rita Rivers" in page
    assert "Rita Roads" in page
    # The same form sent again is a choice.
    again = browser.post(url, form(rita, name="Rita Roads", version=2))
    assert again.status_code == 302
    rita.refresh_from_db()
    assert rita.name == "Rita Roads"


def test_what_is_not_in_the_form_is_not_changed(ada, rita, as_user):
    as_user(ada).post(
        f"{URL}{rita.pk}/edit/",
        form(rita, password="x", is_active="", external_id="x", is_staff="on"),
    )

    before = (rita.password, True, "")
    rita.refresh_from_db()
    assert (rita.password, rita.is_active, rita.external_id) == before


def test_a_circle_is_refused_beside_the_field(ada, sales, central, as_user):
    answer = as_user(ada).post(
        f"/people/teams/{sales.pk}/edit/",
        {"name": "Sales", "parent": central.pk, "version": sales.version},
    )

    assert answer.status_code == 422
    assert "circle" in answer.content.decode()
    assert Team.objects.get(pk=sales.pk).parent is None


def test_names_are_shown_and_not_run(ada, as_user):
    evil = UserFactory(name="<script>alert(1)</script>" + "\u202e😀" * 20)
    page = as_user(ada).get(f"{URL}{evil.pk}/").content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_a_name_of_ten_thousand_letters_is_refused_and_kept_in_the_form(
    ada, rita, as_user
):
    answer = as_user(ada).post(f"{URL}{rita.pk}/edit/", form(rita, name="x" * 10_000))

    assert answer.status_code == 422
    assert "x" * 10_000 in answer.content.decode()
