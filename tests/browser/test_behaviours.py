"""What the small scripts do: keys, sheets, toasts, menus, drag, failures."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def parts(page_as, rita, settings):
    settings.ROOT_URLCONF = "tests.browser.urls"
    page = page_as(rita)
    page.goto("/parts/")
    return page


def test_every_part_of_the_look_is_clean(parts, clean):
    clean(parts)


def test_the_sheet_opens_over_the_page_is_clean_and_closes_with_escape(parts, clean):
    parts.click("#open-sheet")
    parts.wait_for_selector("#sheet-dialog[open] #name")
    assert parts.evaluate("document.activeElement.id") == "name"
    clean(parts)
    parts.keyboard.press("Escape")
    assert not parts.locator("#sheet").is_visible()
    assert parts.evaluate("document.activeElement.id") == "open-sheet"


def test_a_refused_sheet_stays_and_a_saved_one_closes_with_undo(parts):
    parts.click("#open-sheet")
    parts.click("#sheet .btn-primary")
    parts.wait_for_selector("#sheet .is-invalid")
    parts.fill("#name", "Brennecke")
    parts.click("#sheet .btn-primary")
    parts.wait_for_selector(".rh-toast .btn-undo")
    assert not parts.locator("#sheet").is_visible()
    assert parts.locator("#toasts form").get_attribute("action") == "/undo/"


def test_escape_over_something_typed_asks_for_a_second_one(parts):
    parts.click("#open-sheet")
    parts.fill("#name", "Brennecke")
    parts.keyboard.press("Escape")
    assert "Press Esc again" in parts.inner_text("#toasts")
    assert parts.input_value("#name") == "Brennecke"
    parts.keyboard.press("Escape")
    expect(parts.locator("#sheet-dialog")).to_be_hidden()


def test_a_broken_server_leaves_what_was_typed_and_says_so(parts):
    parts.click("#open-sheet")
    parts.fill("#name", "break")
    parts.click("#sheet .btn-primary")
    parts.wait_for_selector("#toasts .btn-again")
    assert "still here" in parts.locator("#toasts .rh-toast").inner_text()
    assert parts.input_value("#name") == "break"
    parts.fill("#name", "Brennecke")
    parts.click(".btn-again")
    parts.wait_for_selector(".rh-toast .btn-undo")


def test_a_lost_connection_leaves_what_was_typed(parts):
    parts.click("#open-sheet")
    parts.fill("#name", "Brennecke")
    parts.context.set_offline(True)
    parts.click("#sheet .btn-primary")
    parts.wait_for_selector("#toasts .btn-again")
    assert parts.input_value("#name") == "Brennecke"


@pytest.mark.parametrize("button", [".btn-primary", ".btn-danger-quiet"])
def test_a_double_click_sends_once(parts, button):
    sent = []
    parts.on(
        "request", lambda each: sent.append(each.url) if each.method == "POST" else 0
    )
    parts.click("#open-sheet")
    parts.fill("#name", "Brennecke")
    parts.dblclick(f"#sheet {button}")
    parts.wait_for_selector(".rh-toast .btn-undo")
    parts.wait_for_load_state("networkidle")
    assert len(sent) == 1


def test_keys_rest_while_somebody_types(parts):
    parts.keyboard.press("n")
    assert parts.evaluate("document.activeElement.id") == "f-note"
    parts.keyboard.type("gx?n")
    assert parts.input_value("#f-note") == "gx?n"
    assert parts.is_checked("#f-check")
    parts.keyboard.press("Escape")
    parts.keyboard.press("g")
    parts.keyboard.press("x")
    assert not parts.is_checked("#f-check")
    parts.keyboard.press("?")
    parts.wait_for_selector("#help[open]")


def test_a_menu_closes_with_escape_and_by_a_click_elsewhere(parts):
    menu = parts.locator(".rh-card details.rh-menu")
    menu.locator("summary").click()
    parts.keyboard.press("ArrowDown")
    assert parts.evaluate("document.activeElement.textContent") == "Move to next stage"
    parts.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    menu.locator("summary").click()
    parts.click("h1")
    assert menu.get_attribute("open") is None


def test_the_menu_of_the_top_bar_opens_below_its_button(parts):
    menu = parts.locator(".rh-top details.rh-menu")
    menu.locator("summary").click()
    button = menu.locator("summary").bounding_box()
    opened = menu.locator(".rh-menu-list").bounding_box()
    assert opened["y"] == pytest.approx(button["y"] + button["height"] + 4)
    assert opened["x"] + opened["width"] == pytest.approx(button["x"] + button["width"])


def test_a_drag_goes_out_as_a_form_and_a_refused_one_goes_back(parts):
    parts.drag_and_drop("#deal-a", "#list-b")
    expect(parts.locator("#moved")).to_have_text("deal-a to b")
    assert parts.locator("#list-b #deal-a").count() == 1
    parts.drag_and_drop("#deal-a", "#list-s")
    expect(parts.locator("#moved")).to_have_text("No")
    assert parts.locator("#list-b #deal-a").count() == 1


def test_a_blocked_button_says_why(parts):
    parts.click("[data-blocked]", force=True)
    assert "Two milestones are missing" in parts.inner_text("#toasts")


def test_tabs_and_switches_show_one_part(parts):
    parts.click("#tab-b")
    assert parts.is_visible("#t-b")
    assert not parts.is_visible("#t-a")
    parts.keyboard.press("ArrowLeft")
    assert parts.is_visible("#t-a")
    parts.click("[data-show='#p-two']")
    assert parts.is_visible("#p-two")
    assert not parts.is_visible("#p-one")


def test_the_theme_switch_lasts_over_a_reload(parts):
    before = parts.get_attribute("html", "data-bs-theme")
    # The choice is the server's once it has answered; a reload may overtake that.
    with parts.expect_response("**/me/theme/"):
        parts.click("[data-theme-switch]")
    parts.reload()
    assert parts.get_attribute("html", "data-bs-theme") != before


def test_the_phone_has_a_drawer_with_everything(parts):
    parts.set_viewport_size({"width": 390, "height": 844})
    parts.click(".rh-tabbar [data-dialog-open=more]")
    parts.wait_for_selector("#more[open] [href='/people/me/']")


def test_a_confirm_dialog_is_a_form_of_its_own(parts):
    parts.click("[data-dialog-open=gone]")
    parts.wait_for_selector("#gone[open]")
    parts.click("#gone .btn-ghost")
    assert not parts.locator("#gone").is_visible()


def test_a_sheet_that_is_a_page_of_its_own_is_an_ordinary_form(page_as, rita):
    page = page_as(rita)
    page.goto("/away/leave/new/")
    page.fill("[name=last_on]", "2020-01-01")
    page.click("main .btn-primary")

    expect(page.locator("main .is-invalid[name=last_on]")).to_have_value("2020-01-01")
    expect(page.locator("#sheet-dialog")).to_be_hidden()
    assert page.locator("form.rh-sheet").count() == 1
