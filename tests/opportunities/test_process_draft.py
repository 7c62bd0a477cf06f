"""The page of a draft: what it changes, whom it concerns, and the button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pipeline.process import services
from pipeline.process.content import Removal
from pipeline.process.drafts import MilestoneDraft
from pipeline.process.models import Draft, Process, ProcessVersion, Stage
from rhythm.people.models import User
from tests.factories.opportunities import OpportunityFactory
from tests.factories.process import a_process, drafted

pytestmark = pytest.mark.django_db
type SignIn = Callable[..., Client]


@pytest.fixture
def process() -> Process:
    return a_process()


@pytest.fixture
def propose(process: Process) -> Stage:
    return process.stages.get(name="Propose")


@pytest.fixture
def browser(as_user: SignIn, ada: User) -> Client:
    return as_user(ada)


def url(process: Process, page: str = "opportunities:process_draft") -> str:
    return reverse(page, args=[process.pk])


def ask(stage: Stage, by: User, *titles: str) -> None:
    new = tuple(MilestoneDraft(title=title) for title in titles)
    edited = drafted(stage)
    services.draft_stage(
        stage.process,
        replace(edited, milestones=(*edited.milestones, *new)),
        answers={},
        by=by,
        now=timezone.now(),
    )


def sent(process: Process, **values: Any) -> dict[str, Any]:
    draft = Draft.objects.get(process=process)
    usual = {"for_present": "now", "days": "14", "note": "", "accepted": "0"}
    return {"version": draft.shown, **usual, **values}


def test_it_shows_changes_impact_and_choice_before_anything_happens(
    browser: Client, process: Process, propose: Stage, rita: User, ada: User
) -> None:
    OpportunityFactory(stage=propose, owner=rita, name="Depot")
    ask(propose, ada, "Security approval")
    page = browser.get(url(process)).content.decode()
    assert "Draft, 1 change not published" in page
    assert "new milestone “Security approval”, required" in page
    assert "1 open deal would fail its gate" in page
    assert "Rita Reyes" in page
    assert "have days of grace" in page
    assert "Publish as version 2" in page
    detail = browser.get(process.get_absolute_url()).content.decode()
    assert "Draft, 1 change not published" in detail
    assert "Security approval" not in detail


def test_publishing_needs_the_impact_to_have_been_seen(
    browser: Client, process: Process, propose: Stage, rita: User, ada: User
) -> None:
    OpportunityFactory(stage=propose, owner=rita)
    ask(propose, ada, "Security approval")
    refused = browser.post(url(process), sent(process))
    assert refused.status_code == 422
    assert "More deals would miss something" in refused.content.decode()
    assert not propose.milestones.exists()
    answer = browser.post(url(process), sent(process, accepted="1", note="Auditors"))
    version = ProcessVersion.objects.get(number=2)
    assert answer["Location"] == version.get_absolute_url()
    assert propose.milestones.get().title == "Security approval"


def test_the_button_pressed_twice_publishes_once(
    browser: Client, process: Process, propose: Stage, ada: User
) -> None:
    ask(propose, ada, "Security approval")
    data = sent(process)
    assert browser.post(url(process), data).status_code == 302
    again = browser.post(url(process), data)
    assert again.status_code == 422
    assert "Nothing to publish" in again.content.decode()
    assert ProcessVersion.objects.filter(process=process).count() == 2


@pytest.mark.parametrize(
    "values",
    [
        {"for_present": ""},
        {"for_present": "never"},
        {"for_present": "grace", "days": ""},
        {"for_present": "grace", "days": "0"},
        {"for_present": "grace", "days": "99999999999999999999"},
        {"note": "x" * 501},
        {"note": "nul\x00"},
    ],
)
def test_what_makes_no_sense_is_said_and_publishes_nothing(
    browser: Client,
    process: Process,
    propose: Stage,
    ada: User,
    values: dict[str, str],
) -> None:
    ask(propose, ada, "Security approval")
    assert browser.post(url(process), sent(process, **values)).status_code == 422
    assert ProcessVersion.objects.count() == 1


def test_another_edit_meanwhile_publishes_nothing(
    browser: Client, process: Process, propose: Stage, ada: User
) -> None:
    ask(propose, ada, "Security approval")
    stale = sent(process)
    ask(propose, ada, "Other")
    answer = browser.post(url(process), stale)
    assert answer.status_code == 409
    assert "Somebody edited the draft meanwhile" in answer.content.decode()
    assert browser.post(url(process, "process:draft_discard"), stale).status_code == 302
    assert Draft.objects.exists()


def test_a_looser_process_asks_no_choice(
    browser: Client, process: Process, propose: Stage, ada: User
) -> None:
    edited = replace(drafted(propose), purpose="New")
    now = timezone.now()
    services.draft_stage(process, edited, answers={}, by=ada, now=now)
    assert 'name="for_present"' not in browser.get(url(process)).content.decode()
    assert browser.post(url(process), sent(process)).status_code == 302


def test_the_draft_is_discarded(
    browser: Client, process: Process, propose: Stage, ada: User
) -> None:
    ask(propose, ada, "Security approval")
    answer = browser.post(url(process, "process:draft_discard"), sent(process))
    assert answer["Location"] == process.get_absolute_url()
    assert not Draft.objects.exists()


def test_a_removed_stage_can_be_put_back_on_the_page(
    browser: Client, process: Process, propose: Stage, ada: User
) -> None:
    removal, now = Removal(propose.pk), timezone.now()
    services.draft_removal(process, removal, by=ada, now=now)
    assert "Put back: Propose" in browser.get(url(process)).content.decode()
    editor = reverse("opportunities:stage_edit", args=[propose.pk])
    assert browser.get(editor)["Location"] == url(process)
    back = reverse("process:stage_restore", args=[process.pk, propose.pk])
    assert browser.post(back).status_code == 302
    assert not Draft.objects.exists()


def test_the_number_of_queries_does_not_grow(
    browser: Client,
    process: Process,
    propose: Stage,
    rita: User,
    otto: User,
    ada: User,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    OpportunityFactory(stage=propose, owner=rita)
    ask(propose, ada, "One")
    few = count_queries(lambda: browser.get(url(process)))
    ask(propose, ada, *(f"More {number}" for number in range(10)))
    for stage in process.stages.open():
        OpportunityFactory(stage=stage, owner=otto)
    assert count_queries(lambda: browser.get(url(process))) == few
    assert few <= 12
