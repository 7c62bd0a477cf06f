"""The pages of an import: what they refuse, and what they cost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.imports import services
from pipeline.imports.models import ImportRun, ImportState
from rhythm.people.models import User
from tests.factories.people import UserFactory
from tests.factories.process import a_process
from tests.imports.steps import a_file, bring_in, check, upload

pytestmark = pytest.mark.django_db

DEALS = "id,name,account,stage,owner,close date\n"


def deals(rows: int) -> str:
    lines = (
        f"{n},Deal {n},Account {n},Discover,Owner {n % 5},2026-01-{n % 28 + 1:02}\n"
        for n in range(rows)
    )
    return DEALS + "".join(lines) + "X,No stage,,,,\n"


@pytest.fixture
def browser(as_user: Callable[..., Client], ada: User) -> Client:
    return as_user(ada)


@pytest.fixture
def run(ada: User) -> ImportRun:
    a_process()
    return upload(ada, a_file("deals.csv", deals(3)))


def page(run: ImportRun, step: str) -> str:
    return reverse(f"imports:import_{step}", args=[run.pk])


def test_two_columns_for_one_field_are_refused(browser: Client, run: ImportRun) -> None:
    file = run.files.get()
    data = {f"field-{file.pk}-0": "name", f"field-{file.pk}-1": "name"}
    answer = browser.post(page(run, "columns"), data)
    assert answer.status_code == 422
    assert "id and name both go to “Name of the deal”." in answer.content.decode()


def test_a_person_who_does_not_exist_is_refused(
    browser: Client, run: ImportRun
) -> None:
    answer = browser.post(page(run, "matching"), {"owner": "Nobody <n@example.com>"})
    assert answer.status_code == 422
    assert "Nobody is called" in answer.content.decode()


def test_who_saves_an_older_page_is_told_and_nothing_is_lost(
    browser: Client, run: ImportRun
) -> None:
    services.answer(run, {"list_price": False})
    answer = browser.post(page(run, "matching"), {"version": run.version})
    assert answer.status_code == 409
    run.refresh_from_db()
    assert run.answers["list_price"] is False


def test_answers_cannot_change_while_a_worker_has_it(
    browser: Client, run: ImportRun
) -> None:
    ImportRun.objects.filter(pk=run.pk).update(state=ImportState.RUNNING)
    answer = browser.get(page(run, "files"))
    assert answer["Location"] == run.get_absolute_url()
    answer = browser.post(reverse("imports:check", args=[run.pk]))
    assert answer.status_code == 302
    run.refresh_from_db()
    assert run.state == ImportState.RUNNING


def test_progress_is_polled_and_ends_with_the_whole_page(
    browser: Client, run: ImportRun, ada: User
) -> None:
    ImportRun.objects.filter(pk=run.pk).update(
        state=ImportState.CHECKING, rows_total=10, rows_done=4
    )
    url = reverse("imports:progress", args=[run.pk])
    answer = browser.get(url, headers={"HX-Request": "true"})
    assert "4 of 10 rows" in answer.content.decode()
    ImportRun.objects.filter(pk=run.pk).update(state=ImportState.DRAFT)
    check(run, owner=ada.pk)
    answer = browser.get(url, headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"


def test_files_that_a_worker_reads_show_how_far_it_is(
    browser: Client, run: ImportRun
) -> None:
    ImportRun.objects.filter(pk=run.pk).update(state=ImportState.READING)
    text = browser.get(run.get_absolute_url()).content.decode()
    assert "Reading the files" in text
    assert 'aria-current="step"><div class="bar"></div><span class="s">Files' in text


def test_the_same_file_again_is_said(
    browser: Client, run: ImportRun, ada: User
) -> None:
    bring_in(run, owner=ada.pk)
    again = upload(ada, a_file("deals.csv", deals(3)))
    answer = browser.get(page(again, "files"))
    assert "The same file was brought in on" in answer.content.decode()


@pytest.mark.parametrize("step", ["files", "columns", "matching", "detail", "list"])
def test_queries_do_not_grow_with_the_rows(
    step: str,
    browser: Client,
    ada: User,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    a_process()
    counted = []
    for rows in (1, 60):
        run = upload(ada, a_file("deals.csv", deals(rows)))
        if step in ("detail", "list"):
            check(run, owner=ada.pk)
            UserFactory.create_batch(3)
        url = reverse("imports:import_list") if step == "list" else page(run, step)
        counted.append(count_queries(partial(browser.get, url)))
    assert counted[0] == counted[1]
    assert counted[0] <= 14
