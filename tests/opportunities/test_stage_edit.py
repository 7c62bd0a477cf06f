"""The editor of one stage: whole or not at all, and never behind anybody's back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pipeline.opportunities.models import MilestoneRecord, Opportunity
from pipeline.process.models import Draft, Milestone, Process, Stage
from pipeline.process.selectors import working
from rhythm.people.models import User
from tests.factories.opportunities import OpportunityFactory
from tests.factories.process import MilestoneFactory, a_process, drafted

pytestmark = pytest.mark.django_db
type SignIn = Callable[..., Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def process() -> Process:
    return a_process()


@pytest.fixture
def stage(process: Process) -> Stage:
    return process.stages.get(name="Propose")


@pytest.fixture
def budget(stage: Stage) -> Milestone:
    return MilestoneFactory(stage=stage, title="Budget", position=1)


@pytest.fixture
def browser(as_user: SignIn, ada: User) -> Client:
    return as_user(ada)


def url(stage: Stage, page: str = "stage_edit") -> str:
    return reverse(f"opportunities:{page}", args=[stage.pk])


def sent(stage: Stage, rows: dict[str, dict[str, Any]] | None = None, **values: Any):
    """Return what a browser sends when somebody saves the stage as it is shown."""
    data: dict[str, Any] = {
        "version": version(stage),
        "name": stage.name,
        "buyer_step": stage.buyer_step,
        "purpose": stage.purpose,
        "probability": "60",
        "stuck_days": stage.stuck_days or "",
        "idle_days": stage.idle_days or "",
        "guidance": stage.guidance,
        "questions": "",
        "row": list(rows or {}),
        **values,
    }
    for key, row in (rows or {}).items():
        plain = {"hint": "", "kind": "do", "importance": "required", "choices": ""}
        for name, value in {**plain, "answer_kind": "text", **row}.items():
            data[f"{key}-{name}"] = value
    return data


def titles(stage: Stage) -> list[str]:
    """Return the milestones of the stage in the draft."""
    return [each.title for each in drafted(stage).milestones]


def version(stage: Stage) -> int:
    return working(stage.process).version(stage.pk)


def met(deal: Opportunity, milestone: Milestone) -> MilestoneRecord:
    return MilestoneRecord.objects.create(
        opportunity=deal,
        milestone=milestone,
        is_met=True,
        done_on=date(2026, 11, 2),
        recorded_by=deal.owner,
        recorded_at=timezone.now(),
    )


# -- who --------------------------------------------------------------------------


def test_everybody_else_reads_the_process_and_may_not_edit(
    as_user: SignIn, rita: User, stage: Stage
) -> None:
    assert as_user(rita).get(url(stage)).status_code == 403
    assert as_user(rita).post(url(stage), sent(stage)).status_code == 403
    assert as_user(rita).post(url(stage, "process_impact")).status_code == 403
    assert as_user(rita).post(url(stage, "stage_remove")).status_code == 403


# -- saving -----------------------------------------------------------------------


def test_the_editor_shows_the_stage_with_its_milestones(
    browser: Client, stage: Stage, budget: Milestone
) -> None:
    page = browser.get(url(stage)).content.decode()
    assert "Weighs the risk" in page
    assert "Budget</textarea>" in page
    assert "Needed before a deal may go to Negotiate." in page
    assert "No edits yet" in page


def test_a_stage_and_its_milestones_are_saved_together(
    browser: Client, stage: Stage, budget: Milestone
) -> None:
    rows = {
        "n1": {"title": "Champion", "kind": "know", "answer_kind": "contact"},
        f"m{budget.pk}": {"title": "Budget named", "hint": "By whom?"},
    }
    data = sent(stage, rows, name="Offer", probability="62.5", questions="Why?\n\nWho?")
    answer = browser.post(url(stage), data)
    assert answer.status_code == 302
    edited = drafted(stage)
    assert (edited.name, str(edited.probability)) == ("Offer", "0.625")
    assert edited.questions == ("Why?", "Who?")
    assert titles(stage) == ["Champion", "Budget named"]
    assert version(stage) == 2


def test_nothing_of_a_draft_is_in_force(
    browser: Client, stage: Stage, budget: Milestone
) -> None:
    before = Stage.objects.values().get(pk=stage.pk)
    browser.post(url(stage), sent(stage, {"n1": {"title": "Champion"}}, name="Offer"))
    assert Stage.objects.values().get(pk=stage.pk) == before
    assert list(Milestone.objects.values_list("title", flat=True)) == ["Budget"]


def test_an_edit_taken_back_leaves_no_draft(browser: Client, stage: Stage) -> None:
    browser.post(url(stage), sent(stage, purpose="New"))
    assert Draft.objects.exists()
    browser.post(url(stage), sent(stage))
    assert not Draft.objects.exists()
    # A form that still shows the draft of before is told so.
    assert browser.post(url(stage), sent(stage, version=2, name="A")).status_code == 409


def test_the_line_ends_of_browsers_are_no_edit(browser: Client, stage: Stage) -> None:
    Stage.objects.filter(pk=stage.pk).update(guidance="One\n\nTwo", questions=["A?"])
    data = sent(stage, guidance="One\r\n\r\nTwo", questions="A?\r\n")
    page = browser.post(url(stage, "process_impact"), data).content.decode()
    assert "No edits yet" in page
    browser.post(url(stage), data)
    assert version(stage) == 1


def test_htmx_is_sent_on_to_the_saved_page(browser: Client, stage: Stage) -> None:
    answer = browser.post(url(stage), sent(stage, purpose="New"), headers=HTMX)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == url(stage)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"name": ""}, "required"),
        ({"name": "x" * 10_000}, "at most 80"),
        ({"name": "discover"}, "stage of that name"),
        ({"probability": "101"}, "less than or equal to 100"),
        ({"probability": "-1"}, "greater than or equal to 0"),
        ({"probability": "often"}, "Enter a number"),
        ({"stuck_days": "0"}, "greater than or equal to 1"),
        ({"stuck_days": "99999999999999999999"}, "less than or equal to 3650"),
        ({"idle_days": "3651"}, "less than or equal to 3650"),
        ({"guidance": "x" * 20_001}, "at most 20000"),
        ({"questions": "x" * 301}, "300 letters"),
        ({"questions": "a\n" * 61}, "60 lines"),
        ({"name": "nul\x00"}, "Null characters"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    browser: Client, stage: Stage, values: dict[str, str], says: str
) -> None:
    rows = {"n1": {"title": "Typed with care"}}
    answer = browser.post(url(stage), sent(stage, rows, **values))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert "Typed with care" in page
    assert titles(stage) == []
    assert version(stage) == 1


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"title": ""}, "required"),
        ({"title": "x" * 10_000}, "at most 200"),
        ({"title": "A", "kind": "guess"}, "not one of the available choices"),
        ({"title": "A", "importance": ""}, "required"),
        ({"title": "A", "kind": "know", "answer_kind": "choice"}, "Name the choices"),
    ],
)
def test_a_wrong_milestone_keeps_the_rest_from_being_saved(
    browser: Client, stage: Stage, row: dict[str, str], says: str
) -> None:
    answer = browser.post(url(stage), sent(stage, {"n1": row}, name="Offer"))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert (drafted(stage).name, titles(stage)) == ("Propose", [])


def test_text_of_all_scripts_and_html_is_kept_and_shown_as_text(
    browser: Client, stage: Stage
) -> None:
    name = "عرض 🤝 <script>alert(1)</script>"
    rows = {"n1": {"title": "<img src=x onerror=alert(2)>"}}
    guidance = "**Bold** <script>alert(3)</script> [a](javascript:alert(4))"
    data = sent(stage, rows, name=name, guidance=guidance)
    assert browser.post(url(stage), data).status_code == 302
    page = browser.get(url(stage)).content.decode()
    assert "عرض 🤝 &lt;script&gt;" in page
    assert "<strong>Bold</strong>" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page
    assert '<div class="rh-md" hx-disable>' in page


def test_a_closed_stage_is_renamed(browser: Client, process: Process) -> None:
    won = process.stages.get(kind="won")
    assert "Every process ends" in browser.get(url(won)).content.decode()
    data = {"version": 1, "name": "Signed", "purpose": "", "guidance": ""}
    assert browser.post(url(won), data).status_code == 302
    assert (drafted(won).name, drafted(won).probability) == ("Signed", 1)


# -- two people -------------------------------------------------------------------


def test_a_stale_save_shows_both_edits_and_lets_one_choose(
    browser: Client, stage: Stage, budget: Milestone
) -> None:
    rows = {f"m{budget.pk}": {"title": "Budget, mine"}}
    stale = sent(stage, rows, purpose="Mine")
    theirs = {f"m{budget.pk}": {"title": "Budget"}}
    browser.post(url(stage), sent(stage, theirs, purpose="Theirs"))

    answer = browser.post(url(stage), stale, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in page
    assert "Budget, mine" in page
    assert 'name="version" value="2"' in page
    assert drafted(stage).purpose == "Theirs"

    chosen = browser.post(url(stage), {**stale, "version": 2, "overwrite": 1})
    assert chosen.status_code == 302
    assert (drafted(stage).purpose, titles(stage)) == ("Mine", ["Budget, mine"])


def test_a_new_milestone_that_somebody_removed_comes_back_as_a_new_one(
    browser: Client, stage: Stage
) -> None:
    browser.post(url(stage), sent(stage, {"n1": {"title": "Champion"}}))
    [new] = drafted(stage).milestones
    stale = sent(stage, {f"m{new.id}": {"title": "Champion, mine"}})
    browser.post(url(stage), sent(stage, {}, purpose="Theirs"))
    answer = browser.post(url(stage), stale)
    assert answer.status_code == 409
    assert 'name="row" value="n1"' in answer.content.decode()


def test_the_same_save_twice_is_one(browser: Client, stage: Stage) -> None:
    data = sent(stage, {"n1": {"title": "Champion"}}, purpose="New")
    assert browser.post(url(stage), data).status_code == 302
    assert browser.post(url(stage), data).status_code == 302
    assert titles(stage) == ["Champion"]
    assert version(stage) == 2


# -- steps, without a script ------------------------------------------------------


def rows_shown(page: bytes) -> list[str]:
    return re.findall(r'name="row" value="(\w+)"', page.decode())


def test_rows_are_added_moved_removed_and_put_back_before_anything_is_stored(
    browser: Client, stage: Stage, budget: Milestone
) -> None:
    key = f"m{budget.pk}"
    rows = {key: {"title": "Budget, renamed"}}
    page = browser.post(url(stage), sent(stage, rows, step="add"))
    assert page.status_code == 200
    assert rows_shown(page.content) == [key, "n1"]
    assert "Budget, renamed</textarea>" in page.content.decode()

    rows["n1"] = {"title": ""}
    page = browser.post(url(stage), sent(stage, rows, step="up:n1"))
    assert rows_shown(page.content) == ["n1", key]
    assert "invalid-feedback" not in page.content.decode()

    page = browser.post(url(stage), sent(stage, rows, step=f"remove:{key}"))
    assert rows_shown(page.content) == ["n1"]
    assert "Removed when the draft is published" in page.content.decode()

    gone = {"n1": {"title": "A"}}
    page = browser.post(url(stage), sent(stage, gone, step=f"restore:{key}"))
    assert rows_shown(page.content) == ["n1", key]
    assert titles(stage) == ["Budget"]


@pytest.mark.parametrize("step", ["add:", "up:", "up:m999", "x", "restore:n1", "up:n0"])
def test_a_step_that_makes_no_sense_changes_nothing(
    browser: Client, stage: Stage, step: str
) -> None:
    data = sent(stage, {"n1": {"title": "A"}}, step=step)
    assert browser.post(url(stage), data).status_code == 200
    assert titles(stage) == []


# -- what it means for deals ------------------------------------------------------


def test_the_impact_is_shown_while_one_edits(
    browser: Client, stage: Stage, budget: Milestone, rita: User
) -> None:
    OpportunityFactory(stage=stage, owner=rita, name="Depot", amount=5000)
    rows = {
        f"m{budget.pk}": {"title": "Budget"},
        "n1": {"title": "Security approval"},
    }
    answer = browser.post(url(stage, "process_impact"), sent(stage, rows), headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "1 open deal would fail this gate" in page
    assert "Rita Reyes" in page
    assert "Depot" in page
    assert "misses: Budget, Security approval" in page
    assert 'id="savebar" hx-swap-oob="true"' in page
    assert titles(stage) == ["Budget"]


def test_the_impact_is_a_page_without_a_script(browser: Client, stage: Stage) -> None:
    answer = browser.post(url(stage, "process_impact"), sent(stage))
    assert b"<!doctype html>" in answer.content


def test_half_typed_fields_do_not_break_the_impact(
    browser: Client, stage: Stage, budget: Milestone
) -> None:
    rows = {f"m{budget.pk}": {"title": ""}, "n1": {"title": "", "kind": "?"}}
    data = sent(stage, rows, probability="x", name="")
    answer = browser.post(url(stage, "process_impact"), data, headers=HTMX)
    assert answer.status_code == 200


def test_answers_of_a_removed_milestone_need_a_home(
    browser: Client, stage: Stage, budget: Milestone, rita: User
) -> None:
    other = MilestoneFactory(stage=stage, title="Champion", position=2)
    record = met(OpportunityFactory(stage=stage, owner=rita), budget)
    data = sent(stage, {f"m{other.pk}": {"title": "Champion"}})
    answer = browser.post(url(stage), data)
    assert answer.status_code == 422
    assert "1 deal has answered it" in answer.content.decode()
    assert titles(stage) == ["Budget", "Champion"]

    chosen = {**data, f"answers-m{budget.pk}": f"m{other.pk}"}
    assert browser.post(url(stage), chosen).status_code == 302
    record.refresh_from_db()
    assert record.milestone == budget
    assert titles(stage) == ["Champion"]
    assert working(stage.process).plan.answers == {budget.pk: other.pk}
    assert "selected>go to: Champion" in browser.get(url(stage)).content.decode()


def test_the_number_of_queries_does_not_grow(
    browser: Client,
    stage: Stage,
    budget: Milestone,
    rita: User,
    otto: User,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    OpportunityFactory(stage=stage, owner=rita)
    few = count_queries(lambda: browser.get(url(stage)))
    for position in range(2, 12):
        MilestoneFactory(stage=stage, position=position)
        OpportunityFactory(stage=stage, owner=rita)
        OpportunityFactory(stage=stage, owner=otto)
    assert count_queries(lambda: browser.get(url(stage))) == few
    assert few <= 12
