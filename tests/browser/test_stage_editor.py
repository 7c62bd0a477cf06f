"""The editor of a stage in a browser: rows, impact while one types, drag, save."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from pipeline.process.models import Milestone, Stage
from tests.browser.pages import stage_in_use

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
    found = Milestone.objects.filter(stage=stage).order_by("position")
    return list(found.values_list("title", flat=True))


def test_a_new_milestone_shows_its_impact_before_it_is_saved(editor, stage, clean):
    editor.click("#milestone-add")
    expect(editor.locator(".is-new .sa-title")).to_be_focused()
    editor.keyboard.type("IT security approval")
    editor.keyboard.press("Tab")
    save = editor.get_by_role("button", name="Save, 3 deals will miss something")
    expect(save).to_be_visible()
    expect(editor.locator("#impact")).to_contain_text("Rita Reyes")
    expect(editor.locator("#impact")).to_contain_text("IT security approval")
    assert "IT security approval" not in titles(stage)
    # Where the bars at the edges cut no button in two.
    editor.evaluate("scrollTo(0, 0)")
    clean(editor)
    save.click()
    expect(editor.locator("#toasts")).to_contain_text("Propose is saved.")
    assert titles(stage)[-1] == "IT security approval"


def test_a_milestone_is_dragged_by_its_grip(editor, stage):
    first, second, *_ = titles(stage)
    rows = editor.locator(".sa-miles > li")
    grip = rows.nth(1).locator(".sa-grip")
    grip.drag_to(rows.nth(0), target_position={"x": 60, "y": 4})
    expect(rows.nth(0).locator(".sa-title")).to_have_value(second)
    expect(editor.locator("#savebar")).to_contain_text("1 edit")
    editor.locator("#savebar .btn-primary").click()
    expect(editor.locator("#toasts")).to_contain_text("saved")
    assert titles(stage)[:2] == [second, first]


def test_enter_in_a_field_saves_and_moves_nothing(editor, stage):
    before = titles(stage)
    editor.fill("#id_buyer_step", "Weighs it")
    editor.keyboard.press("Enter")
    expect(editor.locator("#toasts")).to_contain_text("saved")
    stage.refresh_from_db()
    assert (stage.buyer_step, titles(stage)) == ("Weighs it", before)


def test_a_stage_is_dragged_before_another(editor, stage):
    items = editor.locator(".sa-stages > li[data-item]")
    items.nth(3).locator(".sa-grip").drag_to(
        items.nth(0), target_position={"x": 60, "y": 4}
    )
    expect(items.nth(0)).to_contain_text("Propose")
    stage.refresh_from_db()
    assert stage.position == 1


def test_the_stage_can_be_removed_in_the_sheet(editor, stage, clean):
    editor.get_by_role("link", name="Remove").click()
    sheet = editor.locator("#sheet")
    expect(sheet).to_contain_text("3 open deals are in this stage")
    clean(editor)
    sheet.get_by_label("Its deals go to").select_option(label="Validate")
    sheet.get_by_role("button", name="Remove the stage").click()
    expect(editor.locator("#toasts")).to_contain_text("3 deals moved")
    assert not Stage.objects.filter(pk=stage.pk).exists()


def test_it_works_without_scripts(chromium, open_context, ada, stage, live_server):
    signed_in = open_context(ada)
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(signed_in.cookies())
    page = context.new_page()
    page.goto(reverse("opportunities:stage_edit", args=[stage.pk]))
    expect(page.locator("#id_questions")).to_be_visible()
    page.click("#milestone-add")
    page.locator(".is-new .sa-title").fill("IT security approval")
    page.locator("#savebar .btn-primary").click()
    expect(page.get_by_role("alert")).to_contain_text("Not saved yet")
    page.get_by_role("button", name="Save, 3 deals will miss something").click()
    expect(page.locator("#toasts")).to_contain_text("saved")
    assert titles(stage)[-1] == "IT security approval"
    context.close()
