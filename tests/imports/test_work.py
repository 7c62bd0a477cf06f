"""Workers that die, come twice, or may no longer: the result is the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models.functions import Now

from pipeline.imports import claims, services, tasks
from pipeline.imports import work as worker
from pipeline.imports.models import ImportFile, ImportRow, ImportRun, ImportState
from pipeline.imports.services import uploads
from pipeline.opportunities.models import Opportunity
from rhythm.people.models import User
from tests.factories.process import a_process
from tests.factories.ticks import TickFactory
from tests.imports.steps import (
    NOW,
    a_file,
    bring_in,
    check,
    rows,
    totals,
    upload,
    worked,
)

pytestmark = pytest.mark.django_db

DEALS = "id,name,account,stage\n" + "".join(
    f"{n},Deal {n},Account {n % 7},{'Discover' if n % 3 else 'Propose'}\n"
    for n in range(1, 41)
)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "CHUNK_ROWS", 7)


@pytest.fixture
def run(ada: User) -> ImportRun:
    """An import that is checked and waits for its worker."""
    a_process()
    checked = check(upload(ada, a_file("deals.csv", DEALS)), owner=ada.pk)
    return services.start_run(checked)


def lose_worker(run: ImportRun) -> None:
    """Let the lease run out, as when the worker was killed."""
    past = Now() - timedelta(minutes=1)
    ImportRun.objects.filter(pk=run.pk).update(claimed_until=past)


def deals() -> list[tuple[Any, ...]]:
    return list(
        Opportunity.objects.order_by("external_id").values_list(
            "external_id", "name", "account__name", "stage__name", "version"
        )
    )


def test_a_worker_killed_after_any_chunk_costs_nothing(run: ImportRun) -> None:
    kills = 0
    while True:
        found = claims.claim(run.pk)
        if found is None:
            break
        steps = worker._steps(found, NOW)
        # Two steps of work, then no word from this worker again.
        if next(steps, "end") == "end" or next(steps, "end") == "end":
            break
        kills += 1
        lose_worker(run)
        assert kills < 30
    run.refresh_from_db()
    assert run.state == ImportState.DONE, run.error
    assert kills >= 3
    assert len(deals()) == 40
    assert {row[4] for row in deals()} == {1}
    assert totals(run) == {"create": 47}
    assert run.rows_done == run.rows_total == 40


def test_who_lost_the_claim_writes_nothing_more(run: ImportRun) -> None:
    first = claims.claim(run.pk)
    assert first is not None
    steps = worker._steps(first, NOW)
    next(steps)
    lose_worker(run)
    second = claims.claim(run.pk)
    assert second is not None
    with pytest.raises(claims.Stopped):
        list(steps)
    assert list(worker._steps(second, NOW)) is not None
    assert len(deals()) == 40


def test_nobody_else_takes_what_a_worker_holds(run: ImportRun) -> None:
    assert claims.claim(run.pk) is not None
    assert claims.claim(run.pk) is None
    assert not worker.work(run.pk, now=NOW)


def test_two_imports_of_one_source_wait_for_each_other(
    ada: User, run: ImportRun
) -> None:
    other = check(upload(ada, a_file("deals.csv", DEALS)), owner=ada.pk)
    services.start_run(other)
    assert claims.claim(run.pk) is not None
    assert claims.claim(other.pk) is None
    other.refresh_from_db()
    assert other.state == ImportState.RUN_QUEUED


def test_after_five_claims_without_progress_it_has_failed(run: ImportRun) -> None:
    for _attempt in range(5):
        assert claims.claim(run.pk) is not None
        lose_worker(run)
    assert claims.claim(run.pk) is None
    run.refresh_from_db()
    assert run.state == ImportState.FAILED
    assert run.error


def test_a_worker_out_of_time_lets_the_next_one_go_on(run: ImportRun) -> None:
    calls = 0
    while worker.work(run.pk, now=NOW, seconds=0):
        calls += 1
    run.refresh_from_db()
    assert run.state == ImportState.DONE, run.error
    assert calls > 5
    assert len(deals()) == 40


def test_who_is_no_admin_any_more_is_denied(ada: User, run: ImportRun) -> None:
    ada.is_admin = False
    ada.save(update_fields=["is_admin"])
    run = worked(run)
    assert run.state == ImportState.FAILED
    assert run.error.startswith("Denied")
    assert not deals()


def test_cancelling_stops_between_two_chunks(run: ImportRun) -> None:
    found = claims.claim(run.pk)
    assert found is not None
    steps = worker._steps(found, NOW)
    for _step in range(4):
        next(steps)
    services.cancel(run)
    with pytest.raises(claims.Stopped):
        list(steps)
    run.refresh_from_db()
    assert run.state == ImportState.CANCELLED
    assert 0 < len(deals()) < 40


def test_a_row_that_the_database_refuses_costs_only_itself(ada: User) -> None:
    a_process()
    run = check(upload(ada, a_file("deals.csv", DEALS)), owner=ada.pk)
    # As if a rule of the database were stricter than ours: no such stage any more.
    services.start_run(run)
    found = claims.claim(run.pk)
    assert found is not None
    steps = worker._steps(found, NOW)
    next(steps)
    next(steps)
    refs = found.resolved["stages"]
    refs["Propose"] = [refs["Propose"][0], "Propose", refs["Propose"][2], "elsewhere"]
    list(steps)
    refused = rows(run, action="refuse")
    assert len(refused) == 13
    assert refused[0].reasons[0].startswith(("It is closed", "The database refused it"))
    assert len(deals()) == 27


def test_a_second_import_changes_what_differs_and_says_it(ada: User) -> None:
    a_process()
    bring_in(upload(ada, a_file("deals.csv", DEALS)), owner=ada.pk)
    text = DEALS.replace("1,Deal 1,Account 1,Discover", "1,Deal One,Account 1,Won")
    text = text.replace("id,name,account,stage", "id,name,account,stage,close date")
    text = text.replace("Account 1,Won\n", "Account 1,Won,2026-01-31\n")
    lines = [line if line.count(",") == 4 else f"{line}," for line in text.splitlines()]
    run = bring_in(upload(ada, a_file("deals.csv", "\n".join(lines))), owner=ada.pk)
    assert totals(run) == {"change": 1, "same": 39}
    changed = rows(run, action="change")[0]
    assert {each["field"]: (each["old"], each["new"]) for each in changed.changes} == {
        "name": ("Deal 1", "Deal One"),
        "stage": ("Discover", "Won"),
        "close_on": (None, "2026-01-31"),
        "closed_on": (None, "2026-01-31"),
    }
    deal = Opportunity.objects.get(external_id="1")
    assert (deal.outcome, str(deal.closed_on), deal.version) == ("won", "2026-01-31", 2)
    assert str(deal.closed_from) == "Discover"
    # History says who: the import runs as its admin.
    event = deal.events.get()
    assert event.name == "Deal 1"
    assert event.pgh_context["user"] == ada.pk


def test_an_import_cannot_start_before_its_questions_are_answered(ada: User) -> None:
    a_process()
    run = upload(ada, a_file("deals.csv", DEALS))
    with pytest.raises(ValidationError, match="Some rows have no owner"):
        services.start_check(run)
    with pytest.raises(ValidationError, match="Check the files first"):
        services.start_run(run)


def test_a_file_without_an_id_is_found_again_by_its_key(ada: User) -> None:
    a_process()
    text = "name,account,stage\nTrench,Acme,Discover\nTrench,Bolt,Discover\n"
    for expected in ({"create": 4}, {"same": 2}):
        run = upload(ada, a_file("deals.csv", text))
        file = run.files.get()
        run = services.map_columns(
            run, {file.pk: file.mapping}, {file.pk: ["name", "account"]}
        )
        assert totals(bring_in(run, owner=ada.pk)) == expected


def test_large_files_are_read_by_a_worker(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_process()
    monkeypatch.setattr(uploads, "READ_AT_ONCE", 10)
    run = upload(ada, a_file("deals.csv", DEALS))
    assert run.state == ImportState.READ_QUEUED
    run = worked(run)
    assert run.state == ImportState.DRAFT
    assert run.files.get().rows == 40


def test_the_same_submission_makes_one_import(ada: User) -> None:
    import uuid

    key = uuid.uuid4()
    made = {
        services.upload(
            [a_file("deals.csv", DEALS)], by=ada, source="crm", submission_key=key
        ).pk
        for _time in range(3)
    }
    assert len(made) == 1
    assert ImportFile.objects.count() == 1


def test_the_tick_finds_what_waits_and_the_task_does_it(run: ImportRun) -> None:
    tasks.tick(TickFactory())
    tasks.work(run.pk)
    run.refresh_from_db()
    assert run.state == ImportState.DONE, run.error
    # Once more, late: nothing is left to do.
    tasks.work(run.pk)
    assert len(deals()) == 40


def test_results_of_a_check_do_not_pile_up(run: ImportRun) -> None:
    worked(run)
    assert ImportRow.objects.filter(file__run=run).count() == 47
