"""The versions of a process: written with it, read and compared by everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from pipeline.process import services
from pipeline.process.content import (
    Plan,
    Removal,
    plan_from_json,
    plan_to_json,
    stages_from_json,
)
from pipeline.process.drafts import MilestoneDraft, ProcessDraft, StageDraft
from pipeline.process.models import Process, ProcessVersion
from pipeline.process.selectors import changes, stages_of, stricter
from rhythm.people.models import User
from tests.factories.process import a_process

pytestmark = pytest.mark.django_db
type SignIn = Callable[..., Client]
BUDGET = MilestoneDraft(title="Budget", id=11)
STAGE = StageDraft(name="Propose", id=1, milestones=(BUDGET,))


def url(page: str, process: Process, *args: int) -> str:
    return reverse(f"process:{page}", args=[process.pk, *args])


def second(process: Process, by: User) -> ProcessVersion:
    return services.record_version(process, by=by, changes=["Propose: new."], note="Y")


def test_a_new_process_is_published_as_version_1(ada: User) -> None:
    process = services.create_process(ProcessDraft(name="Partners"), by=ada)
    version = ProcessVersion.objects.get(process=process)
    assert (version.number, version.published_by, version.changes) == (1, ada, [])
    assert stages_from_json(version.content["stages"]) == stages_of(process)


def test_the_starter_is_too_and_starting_twice_writes_nothing() -> None:
    services.create_starter()
    services.create_starter()
    assert ProcessVersion.objects.filter(number=1).count() == 2
    assert ProcessVersion.objects.count() == 2


def test_a_process_with_versions_can_be_deleted_while_it_is_empty(ada: User) -> None:
    process = a_process("B", is_default=False)
    second(process, ada)
    services.delete_process(process)
    assert not ProcessVersion.objects.exists()


def test_a_draft_reads_as_it_was_written() -> None:
    plan = Plan(
        [replace(STAGE, probability=Decimal("0.125"), questions=("Why?",))],
        removals={4: Removal(4, 1, keep_answers=False)},
        answers={7: None, 8: 11},
        versions={1: 3},
        keys={"a": 1},
    )
    assert plan_from_json(plan_to_json(plan)) == plan


# -- in words ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"buyer_step": "Decides"}, "Propose: buyer's step from – to Decides."),
        (
            {"probability": Decimal("0.5")},
            "Propose: probability from 0\xa0% to 50\xa0%.",
        ),
        ({"guidance": "Ask."}, "Propose: the guidance changed."),
        (
            {"needs_outcome": True},
            "Propose: a confirmed customer outcome is required.",
        ),
        ({"milestones": ()}, "Propose: “Budget” is not asked for any more."),
        (
            {"milestones": (replace(BUDGET, title="Money"),)},
            "Propose: “Budget” is now “Money”.",
        ),
        (
            {"milestones": (replace(BUDGET, kind="know"),)},
            "Propose: “Budget” is to know.",
        ),
        (
            {
                "milestones": (
                    replace(BUDGET, answer_kind="choice", choices=("A", "B")),
                )
            },
            "Propose: the answer to “Budget” is A, B.",
        ),
        (
            {"milestones": (replace(BUDGET, hint="Ask"),)},
            "Propose: the hint to “Budget” changed.",
        ),
    ],
)
def test_each_change_is_a_sentence(change: dict[str, object], says: str) -> None:
    assert changes([STAGE], [replace(STAGE, **change)]) == [says]


def test_orders_are_changes_of_their_own() -> None:
    other, new = StageDraft(name="Close", id=2), MilestoneDraft(title="A", id=12)
    first = replace(STAGE, milestones=(BUDGET, new))
    moved = replace(STAGE, milestones=(new, BUDGET))
    assert changes([first, other], [other, moved]) == [
        "Propose: the milestones are in a new order.",
        "The stages are in a new order: Close → Propose.",
    ]
    assert changes([first, other], [first, other]) == []


def test_a_new_stage_is_no_new_order() -> None:
    new = StageDraft(name="Pilot", id=2, milestones=(MilestoneDraft("A", id=3),))
    assert changes([STAGE], [new, STAGE]) == [
        "New stage: Pilot.",
        "Pilot: new milestone “A”, required.",
    ]


def test_stricter_is_what_was_not_required_before() -> None:
    expected = replace(STAGE, milestones=(replace(BUDGET, importance="expected"),))
    assert stricter([expected], [STAGE]).milestone_ids == {11}
    assert not stricter([STAGE], [expected])
    assert stricter([STAGE], [replace(STAGE, needs_outcome=True)]).stage_ids == {1}


# -- to read -------------------------------------------------------------------------


def test_everybody_reads_what_changed(as_user: SignIn, rita: User, ada: User) -> None:
    process = a_process()
    version = second(process, ada)
    browser = as_user(rita)
    page = browser.get(process.get_absolute_url()).content.decode()
    assert "Version 2, published" in page
    assert version.get_absolute_url() in page
    page = browser.get(version.get_absolute_url()).content.decode()
    assert "Propose: new." in page
    assert "Weighs the risk" in page
    assert "Ada Abel" in page
    first = browser.get(url("version_detail", process, 1)).content.decode()
    assert "The first version" in first
    assert browser.get(url("version_detail", process, 3)).status_code == 404
    assert "Version 1" in browser.get(url("version_list", process)).content.decode()


def test_an_earlier_version_stays_as_it_was(as_user: SignIn, rita: User) -> None:
    process = a_process()
    stage = process.stages.get(name="Propose")
    draft = next(each for each in stages_of(process) if each.id == stage.pk)
    services.save_stage(stage, replace(draft, name="Offer"))
    services.record_version(process)
    browser = as_user(rita)
    old = browser.get(url("version_detail", process, 1)).content.decode()
    assert "Propose" in old
    assert "Offer" not in old
    compared = browser.get(url("version_compare", process), {"from": 2, "to": 1})
    assert "Propose is now called Offer." in compared.content.decode()
    same = browser.get(url("version_compare", process), {"from": 1, "to": 1})
    assert "Nothing changed between them" in same.content.decode()
    for query in ({"from": "x", "to": "-1"}, {"from": "9" * 30}, {}):
        answer = browser.get(url("version_compare", process), query)
        assert "From version 1 to 2" in answer.content.decode()


def test_the_number_of_queries_does_not_grow(
    as_user: SignIn,
    rita: User,
    ada: User,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    process = a_process()
    second(process, ada)
    browser = as_user(rita)
    pages = [url("version_list", process), url("version_compare", process)]

    def counts() -> list[int]:
        return [count_queries(partial(browser.get, page)) for page in pages]

    few = counts()
    for _number in range(10):
        second(process, ada)
    assert counts() == few


def test_a_process_of_before_gets_its_version_1(rita: User) -> None:
    process = services.create_starter()
    ProcessVersion.objects.all().delete()
    migration = import_module("pipeline.process.migrations.0004_first_versions")
    migration.write_down(apps, None)
    migration.write_down(apps, None)
    version = ProcessVersion.objects.get(process=process)
    assert (version.number, version.published_by) == (1, None)
    assert stages_from_json(version.content["stages"]) == stages_of(process)
