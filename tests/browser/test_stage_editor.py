"""The editor of a stage in a browser: rows, impact while one types, drag, save."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from pipeline.process.models import ProcessVersion, Stage
from pipeline.process.selectors import working
from tests.browser.pages.process import stage_in_use
from tests.factories.process import drafted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage(ada, rita, otto, request) -> Stage:
    [pk] = stage_in_use(request.getfixturevalue)
    return Stage.objects.get(pk=pk)


@pytest.fixture
def editor(page_as, ada, stage):
    page = page_as(ada)
    page.goto(reverse("opportunities:stage_edit", args=[stage.pk]))
    return page


def titles(stage: Stage) -> list[str]:
    """Return the milestones of the stage in the draft."""
    return [each.title for each in drafted(stage).milestones]


def test_a_new_milestone_shows_its_impact_before_it_is_saved(editor, stage, clean):
    editor.click("#milestone-add")
    expect(editor.locator(".is-new .sa-title")).to_be_focused()
    editor.keyboard.type("IT security approval")
    editor.keyboard.press("Tab")
    expect(editor.locator("#impact")).to_contain_text("3 miss more than today")
    expect(editor.locator("#impact")).to_contain_text("Rita Reyes")
    expect(editor.locator("#impact")).to_contain_text("IT security approval")
    assert "IT security approval" not in titles(stage)
    # Where the bars at the edges cut no button in two.
    editor.evaluate("scrollTo(0, 0)")
    clean(editor)
    editor.get_by_role("button", name="Save in the draft").last.click()
    expect(editor.locator("#toasts")).to_contain_text("Propose is kept in the draft.")
    assert titles(stage)[-1] == "IT security approval"


def test_a_draft_is_published_with_days_of_grace(editor, stage, clean):
    editor.click("#milestone-add")
    expect(editor.locator(".is-new .sa-title")).to_be_focused()
    editor.keyboard.type("IT security approval")
    editor.get_by_role("button", name="Save in the draft").last.click()
    editor.get_by_role("link", name="Publish as version 2").click()
    expect(editor.locator("main")).to_contain_text(
        "3 open deals would fail their gates"
    )
    clean(editor)
    editor.get_by_role("spinbutton", name="Days of grace").fill("21")
    editor.get_by_role("button", name="Publish as version 2").click()
    expect(editor.locator("#toasts")).to_contain_text("is published as version 2")
    expect(editor.locator("main")).to_contain_text("new milestone “IT security")
    version = ProcessVersion.objects.get(process=stage.process_id, number=2)
    assert version.for_present == "grace"
    assert stage.milestones.filter(title="IT security approval").exists()


def test_a_milestone_is_dragged_by_its_grip(editor, stage):
    first, second, *_ = titles(stage)
    rows = editor.locator(".sa-miles > li")
    grip = rows.nth(1).locator(".sa-grip")
    grip.drag_to(rows.nth(0), target_position={"x": 60, "y": 4})
    expect(rows.nth(0).locator(".sa-title")).to_have_value(second)
    expect(editor.locator("#savebar")).to_contain_text("1 edit")
    editor.locator("#savebar .btn-primary").click()
    expect(editor.locator("#toasts")).to_contain_text("kept")
    assert titles(stage)[:2] == [second, first]


def test_enter_in_a_field_saves_and_moves_nothing(editor, stage):
    before = titles(stage)
    editor.fill("#id_buyer_step", "Weighs it")
    editor.keyboard.press("Enter")
    expect(editor.locator("#toasts")).to_contain_text("kept")
    assert (drafted(stage).buyer_step, titles(stage)) == ("Weighs it", before)


def test_a_stage_is_dragged_before_another(editor, stage):
    items = editor.locator(".sa-stages > li[data-item]")
    items.nth(3).locator(".sa-grip").drag_to(
        items.nth(0), target_position={"x": 60, "y": 4}
    )
    expect(items.nth(0)).to_contain_text("Propose")
    assert working(stage.process).plan.stages[0].id == stage.pk


def test_the_stage_can_be_removed_in_the_sheet(editor, stage, clean):
    editor.get_by_role("link", name="Remove").click()
    sheet = editor.locator("#sheet")
    expect(sheet).to_contain_text("3 open deals are in this stage")
    clean(editor)
    sheet.get_by_label("Its deals go to").select_option(label="Validate")
    sheet.get_by_role("button", name="Remove it in the draft").click()
    expect(editor.locator("#toasts")).to_contain_text("goes when the draft is")
    expect(editor.locator("main")).to_contain_text("its deals go to Validate")
    assert working(stage.process).plan.stage(stage.pk) is None


def test_it_works_without_scripts(open_context, ada, stage):
    page = open_context(ada, java_script_enabled=False).new_page()
    page.goto(reverse("opportunities:stage_edit", args=[stage.pk]))
    expect(page.locator("#id_questions")).to_be_visible()
    page.click("#milestone-add")
    page.locator(".is-new .sa-title").fill("IT security approval")
    page.locator("#savebar .btn-primary").click()
    expect(page.locator("#toasts")).to_contain_text("kept")
    assert titles(stage)[-1] == "IT security approval"
