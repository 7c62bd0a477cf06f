"""A whole review in a browser, by keyboard alone, with a second browser following."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from pipeline.reviews.models import PrivateNote, Review, ReviewItem
from rhythm.commitments.models import Commitment
from rhythm.notices.models import Notice
from tests.browser.harness import PHONE
from tests.browser.reviews import planned, start

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def review(lena, rita, request) -> Review:
    return start(request.getfixturevalue)


@pytest.fixture
def room(page_as, lena, review):
    page = page_as(lena)
    page.goto(reverse("reviews:review_detail", args=[review.pk]))
    page.wait_for_load_state("networkidle")
    return page


def names(review: Review) -> list[str]:
    items = review.items.select_related("opportunity__account")
    return [each.opportunity.account.name for each in items]


def at(page, name: str) -> None:
    """Expect the deal, and the focus on its name."""
    expect(page.locator("#deal-h")).to_have_text(name)
    expect(page.locator("#deal-h")).to_be_focused()


def press(page, key: str) -> None:
    page.keyboard.press(key)


def test_a_whole_review_by_keyboard_alone(room, page_as, rita, review, clean):
    first, second, third, _exception = names(review)
    follower = page_as(rita)
    follower.goto(reverse("reviews:review_detail", args=[review.pk]))
    expect(follower.locator("#deal-h")).to_have_text(first)

    # Words: a note that is shared, one that is not, a commitment.
    press(room, "n")
    room.keyboard.type("They fear IT")
    expect(room.locator("#rv-note-state")).to_contain_text("saved")
    press(room, "Escape")
    press(room, "p")
    room.keyboard.type("Rita bluffs")
    expect(room.locator("#rv-private-state")).to_contain_text("saved")
    press(room, "Escape")
    press(room, "a")
    room.keyboard.type("Send the savings sheet")
    press(room, "Enter")
    expect(room.locator(".rv-new li")).to_contain_text("Send the savings sheet")
    expect(room.locator("#c-what")).to_be_focused()
    expect(room.locator("#c-what")).to_have_value("")
    press(room, "Escape")

    # There and back, and a decision that moves on.
    press(room, "j")
    at(room, second)
    press(room, "k")
    at(room, first)
    press(room, "1")
    at(room, second)
    expect(room.locator("#toasts")).to_contain_text("kept")
    expect(follower.locator("#deal-h")).to_have_text(second)

    # Coach asks for words and a date.
    press(room, "3")
    expect(room.locator("#d-text")).to_be_focused()
    room.keyboard.type("Ask who signs")
    press(room, "Tab")
    room.keyboard.type("Write down who signs")
    press(room, "Enter")
    at(room, third)

    # The timer rests and goes on.
    press(room, ".")
    expect(room.locator(".rv-timer")).to_contain_text("paused")
    press(room, ".")
    expect(room.locator(".rv-timer")).to_contain_text("this deal")

    # It does not finish while one has no decision.
    press(room, "f")
    expect(room.locator("#sheet")).to_contain_text("1 deal has no decision yet")
    press(room, "Escape")
    press(room, "s")
    expect(room.locator("#d-text")).to_be_focused()
    room.keyboard.type("Rita is at the customer")
    press(room, "Enter")
    expect(room.locator("#rv-top")).to_contain_text("All decided")
    press(room, "f")
    expect(room.locator("#sheet")).to_contain_text("Every deal has its decision")
    room.locator("#sheet .btn-primary").focus()
    press(room, "Enter")
    room.wait_for_url("**/minutes/")

    expect(room.locator("main")).to_contain_text("They fear IT")
    follower.wait_for_url("**/minutes/")
    expect(follower.locator("main")).not_to_contain_text("Rita bluffs")
    assert {each.recipient.name for each in Notice.objects.all()} == {
        "Rita Reyes",
        "Lena Lang",
    }
    assert PrivateNote.objects.get().text == "Rita bluffs"
    assert Commitment.objects.filter(made_in=review.meeting_id).count() == 2
    clean(room)


def test_undo_in_the_toast_takes_the_decision_back(room, review):
    first, second, *_ = names(review)
    press(room, "1")
    at(room, second)
    room.get_by_role("button", name="Undo").click()
    expect(room.locator("#deal-h")).to_have_text(first)
    assert not ReviewItem.objects.exclude(decision="").exists()


def test_a_reload_brings_unsaved_words_back(room, review):
    room.fill("#c-what", "Half a promi")
    room.reload()
    expect(room.locator("#c-what")).to_have_value("Half a promi")


def test_a_lost_connection_loses_no_word(room, review):
    room.context.set_offline(True)
    press(room, "n")
    room.keyboard.type("Said while the line was dead")
    expect(room.locator("#toasts")).to_contain_text("Not saved")
    room.context.set_offline(False)
    room.reload()
    expect(room.locator("[data-draft^=note]")).to_have_value(
        "Said while the line was dead"
    )
    expect(room.locator("#rv-note-state")).to_contain_text("saved")
    assert ReviewItem.objects.filter(note="Said while the line was dead").exists()


def test_the_next_person_at_the_same_window_finds_no_words(room, rita, review):
    room.context.set_offline(True)
    room.fill("[data-draft^=private]", "For Lena's eyes only")
    expect(room.locator("#toasts")).to_contain_text("Not saved")
    room.context.set_offline(False)

    client = Client()
    client.force_login(rita)
    name = settings.SESSION_COOKIE_NAME
    here = room.evaluate("location.origin")
    cookie = {"name": name, "value": client.cookies[name].value, "url": here}
    room.context.add_cookies([cookie])
    room.reload()
    room.wait_for_load_state("networkidle")

    expect(room.locator("[data-draft^=private]")).to_have_value("")
    assert "Lena" not in room.evaluate("JSON.stringify({...sessionStorage})")
    assert not PrivateNote.objects.filter(author=rita).exists()


def test_following_along_never_takes_a_field_away(room, page_as, lena, review):
    first, second, *_ = names(review)
    other = page_as(lena)
    other.goto(reverse("reviews:review_detail", args=[review.pk]))
    other.wait_for_load_state("networkidle")
    other.locator("#c-what").focus()
    other.keyboard.type("Ask Lars")
    press(room, "1")
    at(room, second)

    expect(other.locator("#toasts")).to_contain_text("The review moved on")
    expect(other.locator("#c-what")).to_be_focused()
    expect(other.locator("#deal-h")).to_have_text(first)
    other.locator("#c-what").fill("")
    other.keyboard.press("Escape")
    expect(other.locator("#deal-h")).to_have_text(second)


def test_two_windows_that_decide_differently_are_asked(room, page_as, lena, review):
    _first, second, *_ = names(review)
    other = page_as(lena)
    other.goto(reverse("reviews:review_detail", args=[review.pk]))
    other.keyboard.press("6")
    expect(other.locator("#d-text")).to_be_focused()
    other.keyboard.type("Budget is frozen")
    press(room, "1")
    at(room, second)
    other.keyboard.press("Enter")
    expect(other.locator("#decide")).to_contain_text("Decided meanwhile: Keep")
    expect(other.locator("#decide")).to_contain_text("You chose: Park")
    other.get_by_role("button", name="Decide Park").click()
    expect(other.locator("#deal-h")).to_have_text(second)
    assert ReviewItem.objects.get(decision="park").decision_text == "Budget is frozen"


def test_an_edit_from_a_stale_card_is_asked_too(room, review, rita):
    from pipeline.opportunities import services as deals

    press(room, "e")
    expect(room.locator("#e-next_step")).to_be_focused()
    deal = review.items.order_by("position")[0].opportunity
    deals.edit(deal, {"next_step": "Theirs"}, by=rita, shown_version=deal.version)
    room.fill("#e-next_step", "Mine")
    press(room, "Enter")
    expect(room.locator("#rv-next")).to_contain_text("Nothing is lost")
    expect(room.locator("#rv-next .rh-diff")).to_contain_text("Theirs")
    room.get_by_role("button", name="Save mine").click()
    expect(room.locator("#toasts")).to_contain_text("Saved")
    deal.refresh_from_db()
    assert deal.next_step == "Mine"


def test_a_milestone_is_recorded_in_place(room, review):
    room.locator(".rv-miles .rv-link", has_text="Record").first.click()
    form = room.locator(".rv-miles form")
    expect(form).to_be_visible()
    contact = form.locator("select")
    if contact.count():
        contact.select_option(index=1)
    answer = form.locator("input[name=answer]")
    if answer.count():
        answer.fill("Dr. Thiele signs")
    form.get_by_role("button", name="Record").click()
    expect(room.locator("#toasts")).to_contain_text("Milestone recorded")


def test_on_a_phone_each_part_is_a_tab(room, review):
    room.set_viewport_size(PHONE)
    expect(room.locator("#deal-h")).to_be_visible()
    expect(room.locator("#decide")).to_be_visible()
    room.get_by_role("link", name="Queue").click()
    expect(room.locator(".rv-queue")).to_be_visible()
    expect(room.locator("#deal-h")).not_to_be_visible()
    room.locator(".rv-queue .rv-q").nth(1).click()
    expect(room.locator("#deal-h")).to_have_text(names(review)[1])
    expect(room.locator("#deal-h")).to_be_visible()
    room.get_by_role("link", name="Coach").click()
    expect(room.locator("#c-what")).to_be_visible()


def test_it_runs_without_javascript(open_context, lena, review):
    page = open_context(lena, java_script_enabled=False).new_page()
    page.goto(reverse("reviews:review_detail", args=[review.pk]))
    _first, second, *_ = names(review)
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#deal-h")).to_have_text(second)
    page.get_by_role("button", name="Park").click()
    page.fill("#d-text", "Budget")
    page.get_by_role("button", name="Park and go on").click()
    page.get_by_role("link", name="Finish").click()
    page.fill("#f-reason", "Out of time")
    page.get_by_role("button", name="Skip the rest").click()
    expect(page.locator("main h1")).to_contain_text("Pipeline review with Central")


def test_on_a_phone_a_long_word_stays_on_the_page_and_saving_is_said(
    page_as, rita, request
):
    [pk] = planned(request.getfixturevalue)
    page = page_as(rita)
    page.set_viewport_size(PHONE)
    page.goto(reverse("reviews:review_prepare", args=[pk]))

    page.locator("textarea").first.fill("y" * 300)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.get_by_role("button", name="Save").click()

    assert width == PHONE["width"]
    expect(page.locator("#prepare-saved")).to_contain_text("saved")
    assert ReviewItem.objects.filter(prep_changed="y" * 300).exists()
