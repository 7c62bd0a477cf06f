"""The list of processes: everybody reads it, admins change it there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.process.models import Process
from rhythm.people.models import User
from tests.factories.process import a_process

pytestmark = pytest.mark.django_db
type SignIn = Callable[..., Client]
HTMX = {"HX-Request": "true"}
LIST = reverse("process:process_list")


@pytest.fixture
def browser(as_user: SignIn, ada: User) -> Client:
    return as_user(ada)


def url(page: str, process: Process) -> str:
    return reverse(f"process:{page}", args=[process.pk])


def test_an_empty_installation_offers_the_template(
    browser: Client, as_user: SignIn, rita: User
) -> None:
    assert "Start with the template" in browser.get(LIST).content.decode()
    assert "Start with the template" not in as_user(rita).get(LIST).content.decode()
    answer = browser.post(reverse("process:process_start"))
    process = Process.objects.get(is_default=True)
    assert answer["Location"] == process.get_absolute_url()
    browser.post(reverse("process:process_start"))
    assert Process.objects.count() == 2


def test_reps_read_what_is_in_use(as_user: SignIn, rita: User, ada: User) -> None:
    a_process("Ours")
    old = a_process("Old way", is_default=False)
    as_user(ada).post(url("process_archive", old))
    page = as_user(rita).get(LIST).content.decode()
    assert "Discover → Propose → Negotiate" in page
    assert "Old way" not in page
    assert "Make default" not in page
    assert "New process" not in page
    assert "Old way" in as_user(ada).get(LIST).content.decode()


@pytest.mark.parametrize(
    ("start_from", "stages"),
    [
        ("new-business", 5),
        ("renewal", 4),
        ("empty", 1),
    ],
)
def test_a_process_is_created_from_what_one_chooses(
    browser: Client, start_from: str, stages: int
) -> None:
    data = {"start_from": start_from, "name": "Partners", "description": ""}
    answer = browser.post(reverse("process:process_create"), data)
    process = Process.objects.get(name="Partners")
    assert answer["Location"] == process.get_absolute_url()
    assert process.stages.open().count() == stages


def test_a_process_is_copied(browser: Client) -> None:
    source = a_process("Ours")
    create = reverse("process:process_create")
    page = browser.get(f"{create}?from=copy:{source.pk}").content.decode()
    assert f'value="copy:{source.pk}" selected' in page
    data = {"start_from": f"copy:{source.pk}", "name": "Copy", "description": "x"}
    answer = browser.post(create, data, headers=HTMX)
    copy = Process.objects.get(name="Copy")
    assert answer["HX-Redirect"] == copy.get_absolute_url()
    assert copy.stages.open().count() == 3


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"name": ""}, "required"),
        ({"name": "Ours"}, "already exists"),
        ({"name": "x" * 10_000}, "at most 120"),
        ({"start_from": "copy:999"}, "not one of the available choices"),
    ],
)
def test_a_wrong_process_is_refused_with_the_reason(
    browser: Client, values: dict[str, str], says: str
) -> None:
    a_process("Ours")
    data = {"start_from": "empty", "name": "New", "description": "", **values}
    answer = browser.post(reverse("process:process_create"), data)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert Process.objects.count() == 1


def test_the_same_form_twice_makes_one_process(browser: Client) -> None:
    data = {"start_from": "empty", "name": "New", "description": ""}
    for _ in range(2):
        browser.post(reverse("process:process_create"), data)
    assert Process.objects.count() == 1


def test_a_stale_rename_lets_one_choose(browser: Client) -> None:
    process = a_process("Ours")
    edit = url("process_edit", process)
    browser.post(edit, {"version": 1, "name": "Theirs", "description": ""})
    stale = {"version": 1, "name": "Mine", "description": ""}
    answer = browser.post(edit, stale, headers=HTMX)
    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()
    assert 'name="version" value="2"' in answer.content.decode()
    browser.post(edit, {**stale, "version": 2})
    process.refresh_from_db()
    assert process.name == "Mine"


def test_the_default_changes_and_the_old_one_can_be_archived(browser: Client) -> None:
    old, new = a_process("Old"), a_process("New", is_default=False)
    browser.post(url("process_archive", old), follow=True)
    assert Process.objects.get(pk=old.pk).archived_at is None
    browser.post(url("process_default", new))
    browser.post(url("process_archive", old))
    old.refresh_from_db()
    assert old.archived_at is not None
    browser.post(url("process_unarchive", old))
    browser.post(url("process_delete", old))
    assert list(Process.objects.all()) == [new]


@pytest.mark.parametrize("order", ["", "x", "1,", "1;2", "9" * 30, "999999"])
def test_an_order_that_makes_no_sense_changes_nothing(
    browser: Client, order: str
) -> None:
    first, second = a_process("A"), a_process("B", is_default=False)
    answer = browser.post(reverse("process:process_order"), {"order": order})
    assert answer.status_code == 302
    assert list(Process.objects.all()) == [first, second]


def test_the_arrows_carry_the_order_they_make(browser: Client) -> None:
    first, second = a_process("A"), a_process("B", is_default=False)
    order = f"{second.pk},{first.pk}"
    assert browser.get(LIST).content.decode().count(f'value="{order}"') == 2
    browser.post(reverse("process:process_order"), {"order": order})
    assert list(Process.objects.all()) == [second, first]


def test_the_number_of_queries_does_not_grow(
    browser: Client, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    a_process("A")
    few = count_queries(lambda: browser.get(LIST))
    for number in range(10):
        a_process(str(number), is_default=False)
    assert count_queries(lambda: browser.get(LIST)) == few <= 12
